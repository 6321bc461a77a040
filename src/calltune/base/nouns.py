# ruff: noqa: E501
"""Things that invented tools deal with: nouns by domain, with the arguments that make sense there, and actions on
them.

In: nothing. Out: `DOMAINS` and `ACTIONS`. A domain is "name | nouns (singular/plural where irregular) | roles". An action is
"key | verbs | object (a, the, ns: all of them) | slots | extra whole sentences | extra descriptions"; its slots are roles, `!` required,
`?` optional, `@2-4` two to four roles of the noun's domain, `=role` a new value of it. Verbs of two actions are never synonyms.
"""

from __future__ import annotations

from dataclasses import dataclass

from calltune.base.words import is_test_word

DOMAIN_TABLE = """
help desk|ticket, incident, service request, complaint, support case, escalation, outage, knowledge article/knowledge articles, feedback form, known error, service level, support queue, canned reply/canned replies, bug report, feature request, callback request|subject description priority ticket_status assignee contact email department software machine due tags note channel impact other_id
it assets|laptop, license, software package, access card, printer, user account, mailbox/mailboxes, workstation, warranty/warranties, ip range, monitor, docking station, security badge, distribution list, shared drive, device profile, phone line|employee department serial user_name user_role expiry version room note brand email host
devops|deployment, server, container, pipeline, build, cluster, cron job, virtual machine, load balancer, database, snapshot, log stream, feature flag, secret, release, branch/branches, pull request, repository/repositories, queue, alert rule, backup, certificate, firewall rule, runner, node pool, dns record, webhook, artifact|environment host branch version replicas memory_gb disk_gb repo job_status timeout force log_level tags lines dry_run region port
data|dataset, dashboard, chart, query/queries, data table, spreadsheet, model run, experiment, notebook, data source, metric alert, embedding index/embedding indexes, annotation, survey, forecast, training job, data export|metric file_format start_date end_date limit tags name threshold chart path visibility seed compress
home|lamp, thermostat, blind, radiator, garage door, sprinkler, vacuum robot, smart plug, scene, camera, doorbell, air purifier, fan, heater, oven, dishwasher/dishwashers, washing machine, alarm system, motion sensor, smoke detector, door lock, curtain, towel rail, pool pump, aquarium, fireplace, water valve, ceiling fan, humidifier, garden light|room brightness temperature position switch duration delay color volume eco start_time end_time timer_name silent
music|song, album, playlist, radio station, podcast, artist, concert, audiobook, music video, mixtape, karaoke track, sound effect, ringtone, setlist, lyric sheet, vinyl record, music lesson, equalizer preset|artist genre year service volume shuffle playlist mood duration rating song limit language
films|movie, tv show, episode, documentary/documentaries, trailer, screening, cinema ticket, film festival, watchlist, subtitle file, actor, series/series, movie review|film_genre director year language subtitles rating date time tickets service min_rating
books|book, magazine, comic, library loan, reading list, book review, author, e-book, library card, article, chapter, poem, newspaper, quote, bookmark, library hold, reading group|author film_genre language year rating title_arg due note page limit tags
weather|forecast, weather alert, rain radar, storm warning, air quality report, pollen report, uv index/uv indexes, tide table, sunrise time, snow report, wind map, weather station, climate record, heat warning|city date days units country region when coordinates detailed
travel|flight, hotel, trip, train ticket, bus ride, car rental, cruise, itinerary/itineraries, visa application, boarding pass/boarding passes, luggage claim, airport transfer, travel guide, tour, ferry ticket, campsite, hostel bed, seat upgrade, lounge pass/lounge passes, travel insurance, passport appointment, ski pass/ski passes|origin destination departure return_date passengers cabin airline max_price direct insurance seat nights guests breakfast refundable
lodging|apartment, holiday home, guest room, house viewing, lease, roommate, villa, sublet, tenant, property/properties, rental listing, parking spot, storage unit, open house|city bedrooms max_price area_m2 start_date nights furnished pets wifi parking rating zip
food|recipe, meal plan, restaurant, table reservation, food order, menu, grocery list, ingredient, cocktail, coffee order, catering order, dish/dishes, pizza, wine, breakfast box/breakfast boxes, lunch box/lunch boxes, takeaway, cake, smoothie, diet plan, cooking class/cooking classes|cuisine dish ingredients excluded diet guests time date calories size quantity meal allergies max_price instructions difficulty
shopping|product, cart item, wishlist, coupon, gift card, order, return label, invoice, receipt, discount, store, product review, price alert, subscription box/subscription boxes, pre-order, bundle, voucher, size chart, loyalty card, shopping list, marketplace offer, seller|product brand color size quantity max_price coupon shipping gift payment order_status category_topic address sort rating
logistics|parcel, shipment, delivery, pickup, warehouse, pallet, container load, truck route, customs form, freight quote, courier, drop box/drop boxes, stock item, inventory count, purchase order, supplier, packing list, delivery slot, return shipment, forklift|weight address origin destination shipping date quantity tracking supplier insurance priority zip plate
banking|bank account, transfer, card, loan, statement, standing order, savings goal, direct debit, cheque, deposit, withdrawal, mortgage, credit limit, overdraft, beneficiary/beneficiaries, branch office, exchange order, safe deposit box/safe deposit boxes|amount currency account account_type recipient date note frequency to_account interest company name
investing|stock, portfolio, watchlist item, dividend, bond, crypto wallet, trade, market order, price target, fund, option contract, index/indexes, earnings report, limit order, brokerage account|stock amount currency quantity max_price date crypto company order_side threshold frequency
accounting|expense, budget, expense report, tax return, bill, payment reminder, cost center, ledger entry/ledger entries, reimbursement, quote, credit note, fiscal year, audit, petty cash entry/petty cash entries, vendor bill|amount currency date category_topic company due department note manager file payment order_status
insurance|claim, policy/policies, premium, coverage, damage report, insurance quote, beneficiary record, accident report, deductible|customer amount date vehicle address description plate phone frequency contact
calendar|meeting, event, appointment, reminder, deadline, holiday, time slot, birthday, agenda, invitation, conference room, task, to-do item, milestone, shift, office hour, out-of-office note, recurring meeting|event_name date start_time duration attendees venue online frequency priority note due timezone all_day
messaging|message, email, text message, voicemail, group chat, contact, newsletter, draft, thread, channel, video call, broadcast, announcement, mention, sticker, auto reply/auto replies, mailing list, attachment, poll, emoji pack|recipient message_arg subject channel email attachments unread tags datetime members file priority silent
social|post, story/stories, comment, follower, friend request, profile, photo album, hashtag, group, live stream, direct message, reaction, community/communities, ad campaign, page, fundraiser|user_name message_arg tags visibility date title_arg limit url anonymous age_range
health|doctor appointment, prescription, blood test, vaccination, workout, sleep log, meal log, weight entry/weight entries, allergy record, medical record, insurance card, symptom report, therapy session, heart rate log, health goal, medicine reminder, x-ray, lab result, patient, hospital bed, nurse visit, blood donation, diet log|patient doctor date time medicine dose symptom weight calories steps duration allergies gender age note frequency
fitness|training plan, gym class/gym classes, running route, yoga session, bike ride, swim session, personal trainer, race entry/race entries, gym membership, squash court, step goal, locker, climbing slot, fitness test, hike|sport duration distance_km calories date time skill venue steps frequency guests
sports|match/matches, league, player, team, tournament, score, standing, fixture, stadium tour, transfer rumor, season ticket, referee, coach/coaches, training session, injury report, sports bet|team opponent sport date city year limit tickets venue season_arg
education|course, lesson, exam, assignment, grade, lecture, classroom, student, teacher, tutor, scholarship, quiz/quizzes, school trip, certificate, flashcard, study group, homework, semester, library seat, parent meeting, timetable, school bus/school buses, essay, thesis/theses|subject_area student course due date time rating skill language note topic duration
hr|employee, job opening, application, leave request, payslip, timesheet, interview, contract, performance review, onboarding plan, training request, bonus/bonuses, org chart, salary band, sick note, expense claim, shift swap, referral, resignation, job offer|employee department job start_date end_date leave_type salary manager reason employment email note
crm|lead, deal, opportunity/opportunities, account plan, sales call, contract renewal, customer, campaign, proposal, price list, sales target, partner, follow-up, demo request, territory/territories, quote request|customer company email phone amount priority date note tags assignee region channel
legal|case file, hearing, witness/witnesses, trademark, patent, power of attorney, nda, court date, legal opinion, compliance check, will, notary appointment, contract clause|full_name company date city reason due file manager language other_id
government|passport, driving licence, parking permit, tax form, birth certificate, residence permit, building permit, fine, voter registration, waste pickup, city survey, public hearing, dog licence, pension application, bus pass/bus passes, street repair|full_name birthday address zip city date plate phone reason email
real estate|house, office space, land plot, floor plan, valuation, viewing, mortgage offer, tenant contract, repair job, energy certificate, meter reading, broker|address area_m2 bedrooms max_price date customer zip furnished contact size_range
farming|field, crop, harvest, tractor, irrigation cycle, soil sample, seed order, herd, milking session, greenhouse, fertilizer plan, pest alert, barn, beehive, egg count, orchard, vineyard, fence, feed order|plant animal quantity date humidity temperature area_m2 weight supplier duration note position
pets|vet visit, pet profile, dog walk, pet sitter, adoption, kennel, pet food order, grooming, microchip, lost pet report, training class/training classes, litter box/litter boxes, leash|pet animal date time weight age duration note instructions phone
cars|car, oil change, tire change, fuel log, parking session, car wash/car washes, charging session, road trip, toll payment, vehicle inspection, carpool, driver, test drive, traffic report, speed limit, garage, spare part, road sign|vehicle plate date time fuel distance_km city price duration address phone
ride sharing|ride, taxi, scooter, bike rental, bus stop, train, metro line, ferry, shuttle, pickup point, driver rating, fare estimate, route, traffic jam, travel card|pickup dropoff ride_type passengers time transport payment plate note datetime
maps|route plan, place, point of interest, map pin, street view, distance, landmark, neighborhood, gas station, charging station, parking lot, trail, pharmacy/pharmacies, hospital, bakery/bakeries, cash machine|city address radius_km transport min_rating coordinates zip sort open_now limit
energy|power plant, solar panel, battery/batteries, meter, energy bill, charging plan, wind turbine, power outage, heat pump, grid report, tariff, generator, boiler, energy audit|power date address threshold start_date end_date interval room price area_m2 eco
manufacturing|work order, machine, production line, quality check, spare part order, shift plan, defect report, batch/batches, mold, robot arm, conveyor, safety inspection, blueprint, tool crib, maintenance job, material request|material quantity serial due priority assignee weight date note length_m width_m speed
photos|photo, image, album cover, video clip, screenshot, filter, slideshow, gif, thumbnail, logo, watermark, collage, portrait, video call background, animation, 3d model|path image_format width_px height_px color tags title_arg target_path compress quality_arg
files|file, folder, archive, document, backup copy/backup copies, shared link, template, pdf, presentation, scan, text snippet, version, upload, zip file, clipboard entry/clipboard entries, signature, form|path target_path folder file_format recursive encrypted tags permission name email expiry compress
writing|essay draft, translation, summary/summaries, blog post, press release, speech, poem draft, slogan, product description, cover letter, glossary/glossaries, caption, headline|topic language length_words tone message_arg title_arg file_format
news|news article, headline feed, podcast episode, topic alert, press report, interview transcript, editorial, live ticker, newsletter issue, fact check|topic country language date limit author sort company when
science|experiment log, sample, telescope slot, lab booking, microscope image, chemical, protein, star map, gene, research paper, grant, citation, species record, fossil, asteroid, satellite, earthquake report|topic date weight temperature coordinates author year threshold limit duration note
games|game, high score, game server, quest, character, inventory item, guild, achievement, game save, match lobby/match lobbies, skin, puzzle, chess game, dice roll, card deck, trivia question, leaderboard|user_name skill quantity difficulty name max_players limit team duration color
events|party/parties, wedding, conference, concert ticket, festival, seating plan, guest list, speaker, sponsor, workshop, venue booking, raffle, exhibition, meetup, ticket order, photo booth, name tag, charity run|event_name venue date guests tickets city max_price time duration attendees wheelchair email
dating and family|family tree, baby log, babysitter, chore, allowance, birthday gift, anniversary/anniversaries, family photo, school lunch, diaper change, play date, bedtime story/bedtime stories, house rule|person age date time duration gift_note amount frequency weekday
security|password, access log, vulnerability/vulnerabilities, login attempt, security scan, api key, fingerprint, two-factor code, firewall log, phishing report, visitor badge, guard patrol, incident log, encryption key, safe|user_name ip host priority log_level date expiry reason permission port force
telecom|sim card, phone plan, data pack, call log, phone number, voicemail box/voicemail boxes, router, roaming pass/roaming passes, internet contract, tv package, signal report, number transfer|phone customer memory_data duration country start_date price address user_id
beauty|haircut, massage, manicure, spa day, tattoo appointment, facial, hair color, beauty product, stylist, sauna slot|full_name date time duration price phone note color venue
household|chore list, cleaning plan, repair request, cleaning lady visit, moving box/moving boxes, furniture order, paint job, pest control visit, meter check, waste bin, laundry load, pantry item, light bulb, filter change|room date time quantity material note frequency product duration phone
nonprofit|donation, volunteer, food bank box/food bank boxes, charity event, membership, petition, grant application, shelter bed, outreach visit, donor|full_name amount frequency email reason date city message_arg anonymous quantity
geometry|circle, triangle, rectangle, cylinder, sphere, polygon, pyramid, cube|radius side_a side_b width_m length_m depth_m
"""


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing with its domain."""

    word: str
    plural: str
    domain: str
    roles: tuple[str, ...]


_RENAMED = {
    "message_arg": "message", "title_arg": "title", "timer_name": "name", "season_arg": "year", "order_side": "sort", "quality_arg": "percent_quality",
    "gift_note": "note", "memory_data": "memory_gb", "open_now": "detailed", "max_players": "passengers", "length_words": "calories", "tone": "mood",
    "width_px": "width_m", "height_px": "height_cm",
}  # fmt: skip
_DROPPED = {"sort", "percent_quality", "calories", "width_m", "height_cm", "mood", "detailed", "passengers"}


def plural_of(word: str) -> str:
    """The regular plural."""
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _read_nouns() -> tuple[Noun, ...]:
    nouns = []
    for line in DOMAIN_TABLE.strip().splitlines():
        domain, words, roles = line.split("|")
        keys = []
        for key in roles.split():
            renamed = _RENAMED.get(key, key)
            if key == renamed or renamed not in _DROPPED:
                keys.append(renamed)
        for entry in words.split(","):
            word, _, plural = entry.strip().partition("/")
            nouns.append(Noun(word, plural or plural_of(word), domain, tuple(dict.fromkeys(keys))))
    return tuple(nouns)


NOUNS = _read_nouns()
DOMAINS: dict[str, tuple[Noun, ...]] = {}
for _noun in NOUNS:
    DOMAINS[_noun.domain] = (*DOMAINS.get(_noun.domain, ()), _noun)

MODIFIERS = [
    "team",
    "personal",
    "shared",
    "weekly",
    "monthly",
    "annual",
    "daily",
    "old",
    "new",
    "external",
    "internal",
    "regional",
    "local",
    "national",
    "global",
    "digital",
    "online",
    "temporary",
    "emergency",
    "main",
    "backup",
    "company",
    "guest",
    "premium",
    "basic",
    "public",
    "private",
    "test",
    "demo",
    "family",
    "student",
    "senior",
    "junior",
    "summer",
    "winter",
    "night",
    "weekend",
]

ACTION_TABLE = """
create|create;add;make;set up;register|a|@2-5|I need a new {n};new {n}[ please];(there should be|we need) (a new|another) {n}|(Create|Add|Make|Register) (a new {n}|{a_n}|one {n})
get|get;show;retrieve;fetch;open|the|id! detailed?|what (are the details|do we know) (of|about) {the_n};(tell me|I need to know) (more )about {the_n};{n} details|(Get|Show|Retrieve|Fetch) (the details of {a_n}|one {n}|{a_n} by its ID);(Details|All information) (of|about) (one|a single) {n}
list|list;enumerate|ns|limit? page?|(what|which) {ns} (do I have|are there|do we have);show me all [my |the |our ]{ns};give me (an overview|a list) of (all|my|our) {ns};all {ns}[ please]|(List|Enumerate) all {ns};(All|The complete list of) {ns};Overview of every {n}
search|search;find;look for;look up;browse|ns|@1-4 limit?|(are there|do we have) any {ns};(I'm|I am) looking for {ns};(I'd like|I want) to find {ns}|(Search|Find|Look for|Browse) {ns} (by criteria|that match|with filters);Find {ns};Search {ns}
count|count|ns|@1-2|how many {ns} (are there|do we have|exist);(what is|what's) the number of {ns};number of {ns}|(Count|Number of) {ns};How many {ns} there are
update|update;change;edit;modify|the|id! =@1-3|{the_n} needs (an update|a change);(I made a mistake|something is wrong) (in|with) {the_n}|(Update|Change|Edit|Modify) (an existing {n}|{a_n}|the data of {a_n})
delete|delete;remove;erase|the|id! force?|{the_n} (can|should|must) (go|be deleted|be removed);get rid of {the_n};I (don't|no longer) need {the_n}( any more)?|(Delete|Remove|Erase) {a_n}( for good)?
cancel|cancel;call off|the|id! reason?|I (can't make|won't need) {the_n};{the_n} (is|was) called off|(Cancel|Call off) {a_n}
archive|archive|the|id!|put {the_n} (in|into) the archive;{the_n} belongs in the archive|Archive {a_n};(Put|Move) {a_n} (in|to) the archive
restore|restore;recover;undelete|the|id!|bring {the_n} back;I need {the_n} back|(Restore|Recover) a deleted {n};Bring back {a_n}
duplicate|duplicate;copy;clone|the|id! new_value_name?|make a copy of {the_n};I need a copy of {the_n}|(Duplicate|Copy|Clone) {a_n};Make a copy of {a_n}
rename|rename|the|id! new_value_name!|give {the_n} (a new|another|a different) name|(Rename|Give a new name to) {a_n};Change the name of {a_n}
move|move;transfer;relocate|the|id! folder!|{the_n} (should|must) go somewhere else|(Move|Transfer|Relocate) {a_n} (to another folder|elsewhere)
assign|assign;delegate|the|id! assignee! note?|somebody (should|must) take care of {the_n}|(Assign|Delegate) {a_n} to (someone|a person);Choose who (handles|takes care of) {a_n}
share|share|the|id! to_email! permission? message?|give someone access to {the_n};let someone see {the_n}|Share {a_n} with (someone|another person);Give someone access to {a_n}
send|send;mail;forward|the|id! to_email! message?|{the_n} (must|should) be sent|(Send|Mail|Forward) {a_n} to an email address
approve|approve;accept;sign off|the|id! note?|{the_n} (is fine|is approved|looks good);give (the )?green light (for|to) {the_n}|(Approve|Accept) {a_n}
reject|reject;decline;refuse|the|id! reason?|{the_n} is not acceptable;say no to {the_n}|(Reject|Decline|Refuse) {a_n}
close|close;finalize|the|id! note?|{the_n} (is done|is finished|can be closed)|(Close|Finalize) {a_n};Mark {a_n} as finished
reopen|reopen|the|id! reason?|{the_n} is not solved after all|Reopen a closed {n};Open {a_n} again
escalate|escalate|the|id! priority? reason?|{the_n} needs more attention;raise {the_n} to (management|the next level)|Escalate {a_n} (to the next level)?
schedule|schedule;plan|a|datetime! @0-2|put {a_n} (on|in) the (calendar|schedule)|(Schedule|Plan) {a_n} (for|at) a given time
reschedule|reschedule;postpone|the|id! datetime!|find a new time for {the_n};{the_n} has to happen (at|on) another time|(Reschedule|Postpone) {a_n};Move {a_n} to another time
start|start;launch;begin;run|the|id! delay?|get {the_n} (going|started);kick off {the_n}|(Start|Launch|Begin|Run) {a_n}
stop|stop;halt;terminate|the|id! force?|{the_n} (has to|must) stop|(Stop|Halt|Terminate) {a_n}
pause|pause;suspend|the|id! duration?|put {the_n} on hold;{the_n} needs a break|(Pause|Suspend) {a_n};Put {a_n} on hold for a while
resume|resume;continue|the|id!|let {the_n} go on;{the_n} can go on|(Resume|Continue) a paused {n}
lock|lock|the|id! pin?|nobody (may|should) (touch|change) {the_n}|Lock {a_n}
unlock|unlock|the|id! pin?|{the_n} is locked, open it|Unlock {a_n}
enable|enable;activate;switch on|the|id!|{the_n} (should|must) be active|(Enable|Activate|Switch on) {a_n}
disable|disable;deactivate;switch off|the|id!|{the_n} should not be active|(Disable|Deactivate|Switch off) {a_n}
print|print|the|id! copies?|{the_n} on paper[ please];I need {the_n} on paper|Print {a_n};Print {a_n} on paper
export|export;dump|ns|file_format! target_path?|I need (the|all) {ns} (as|in) a file|(Export|Dump) {ns} to a file
import|import;load|ns|path! dry_run?|there are new {ns} in a file|(Import|Load) {ns} from a file
download|download|the|id! target_path!|get {the_n} onto my disk;save {the_n} to disk|Download {a_n} (to disk|to a file)
upload|upload|a|path! visibility?|put {a_n} (online|on the server)|Upload {a_n} from a file
subscribe|subscribe to;follow|the|id! email?|keep me posted about {the_n};I want (all )?news about {the_n}|(Subscribe to|Follow) {a_n};Get news about {a_n}
unsubscribe|unsubscribe from;unfollow|the|id!|no more news about {the_n}|(Unsubscribe from|Unfollow) {a_n};Stop the news about {a_n}
rate|rate;score;grade|the|id! rating! note?|my opinion on {the_n}|(Rate|Score|Grade) {a_n};Give a rating to {a_n}
comment|comment on;annotate|the|id! message!|leave a (comment|remark) on {the_n}|(Comment on|Annotate) {a_n};Add a comment to {a_n}
label|tag;label|the|id! tags!|put (tags|labels) on {the_n}|(Tag|Label) {a_n};Put tags on {a_n}
compare|compare|ns|id! second_id!|what is the difference between {ns};which of the {ns} is better|Compare two {ns};Show the differences between two {ns}
status|check the status of;check on|the|id!|(what is|what's) the (status|state) of {the_n};how is {the_n} (doing|going);is {the_n} (done|ready|ok)|(Check|Get) the (current )?(status|state) of {a_n};Tell how far {a_n} is
history|show the history of;audit|the|id! start_date? end_date?|what (happened to|changed in) {the_n};who changed {the_n}|(Past changes of {a_n}|Change history of {a_n});Who changed {a_n} and when
validate|validate;verify|the|id!|is {the_n} (valid|correct);make sure {the_n} is correct|(Validate|Verify) {a_n};Find out whether {a_n} is correct
book|book;reserve|a|date! @1-3|I need {a_n};can I get {a_n}|(Book|Reserve) {a_n}
order|order;buy;purchase|a|quantity! @1-3|I'd like to have {ns}|(Order|Buy|Purchase) {ns}
pay|pay;settle|the|id! amount? payment?|{the_n} (has to|must) be paid|(Pay|Settle) {a_n}
refund|refund;reimburse|the|id! amount? reason?|give the money back for {the_n};I want my money back for {the_n}|(Refund|Reimburse) {a_n};Pay back the money for {a_n}
estimate|estimate;predict|the|@1-3|how much (will|would) {a_n} cost;what (will|would) {a_n} cost|(Estimate|Predict) the (cost|price) of {a_n}
recommend|recommend;suggest|a|@1-3|which {n} (should I take|is good|would you take);I need (ideas|a tip) for {a_n}|(Recommend|Suggest) {a_n};Ideas for {a_n}
invite|invite someone to|the|id! email! message?|ask someone to join {the_n}|Invite someone to {a_n}
remind|remind me about|the|id! datetime!|don't let me forget {the_n}|(Set a reminder for|Remind about) {a_n}
publish|publish;release|the|id! visibility?|make {the_n} public;{the_n} can go live|(Publish|Release) {a_n};Make {a_n} public
install|install|the|version! host?|I need {the_n} (on|for) my machine|Install {a_n}
upgrade|upgrade|the|id! version!|{the_n} is outdated|Upgrade {a_n} (to another version)?
restart|restart;reboot|the|id! delay?|turn {the_n} off and on again|(Restart|Reboot) {a_n}
scan|scan;inspect;examine|the|id! detailed?|have a (good|close) look at {the_n};look for problems in {the_n}|(Scan|Inspect|Examine) {a_n} (for problems)?
backup|back up|the|id! target_path?|make a safety copy of {the_n}|Back up {a_n};Make a safety copy of {a_n}
repair|repair;fix;mend|the|id! description?|{the_n} is broken;{the_n} does not work any more|(Repair|Fix|Mend) {a_n}
clean|clean;tidy|the|id! duration?|{the_n} is dirty;{the_n} needs cleaning|(Clean|Tidy) {a_n}
merge|merge;combine|ns|id! second_id!|make one out of two {ns}|(Merge|Combine) two {ns};Make one {n} out of two
split|split;divide|the|id! parts!|break {the_n} into parts|(Split|Divide) {a_n} into parts
link|link;connect;attach|the|id! second_id!|{the_n} belongs to another one|(Link|Connect) {a_n} (to|with) another one
extend|extend;prolong|the|id! days!|I need {the_n} for longer;give {the_n} more time|(Extend|Prolong) {a_n} (by some days)?
report|report;flag|the|id! reason!|something is wrong with {the_n}|(Report|Flag) {a_n} (as a problem)?;Report a problem with {a_n}
translate|translate|the|id! to_language!|I need {the_n} in another language|Translate {a_n} (into another language)?
summarize|summarize;sum up|the|id! limit_words?|give me the gist of {the_n};what is {the_n} about|(Summarize|Sum up) {a_n};Short summary of {a_n}
track|track;trace;locate|the|id!|where is {the_n}[ now];where (has|did) {the_n} (gone|go)|(Track|Trace|Locate) {a_n};Where {a_n} is now
"""


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done with a thing."""

    key: str
    verbs: tuple[str, ...]
    object: str
    """a, the or ns."""
    slots: tuple[str, ...]
    sentences: tuple[str, ...]
    descriptions: tuple[str, ...]

    def verbs_of(self, split: str) -> tuple[str, ...]:
        """The verbs of a split; an action with one or two verbs is shared by both."""
        part = tuple(verb for verb in self.verbs if is_test_word(verb) == (split == "test"))
        return part if len(self.verbs) > 2 and part else self.verbs


def _optional(text: str) -> str:
    """`(any more)?` in the grammar's brackets."""
    while ")?" in text:
        end = text.index(")?")
        start = text.rindex("(", 0, end)
        text = f"{text[:start]}[{text[start + 1 : end]}]{text[end + 2 :]}"
    return text


def _fields(line: str) -> list[str]:
    fields, depth = [""], 0
    for char in line:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            fields.append("")
        else:
            fields[-1] += char
    assert len(fields) == 6, line
    return fields


def _read_actions() -> dict[str, Action]:
    actions = {}
    for line in ACTION_TABLE.strip().splitlines():
        key, verbs, kind, slots, sentences, descriptions = _fields(line)
        cells = [
            tuple(_optional(cell.strip()) for cell in field.split(";") if cell.strip())
            for field in (sentences, descriptions)
        ]
        actions[key] = Action(key, tuple(verbs.split(";")), kind, tuple(slots.split()), cells[0], cells[1])
    return actions


ACTIONS = _read_actions()
EVERYWHERE = [
    "create",
    "create",
    "create",
    "create",
    "search",
    "search",
    "search",
    "update",
    "update",
    "book",
    "order",
    "schedule",
    "estimate",
    "recommend",
    "count",
    "get",
    "list",
    "delete",
    "cancel",
    "status",
    "assign",
    "share",
    "label",
    "comment",
    "rename",
    "archive",
    "duplicate",
    "history",
    "report",
    "track",
    "send",
]
"""Actions that fit almost any noun; those with many arguments more than once."""
