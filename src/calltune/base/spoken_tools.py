# ruff: noqa: E501
"""Tools for what people say to assistants: names and descriptions for the intents and slots of public corpora.

In: nothing. Out: `INTENTS`, `SLOTS`, `MERGED`, `ERRANDS` and what is close to what. Written by us; the sentences stay in
the corpora, see `spoken`.
"""

from __future__ import annotations

from dataclasses import dataclass

_INTENTS = """
alarm_query | list alarms; get alarms; show alarms | Show the alarms that are set; Tell which alarms there are
alarm_remove | delete alarm; cancel alarm; remove alarm | Delete an alarm; Cancel an alarm that was set
alarm_set | set alarm; create alarm; add alarm | Set an alarm; Wake the user at a given time
audio_volume_down | lower volume; volume down; decrease volume | Turn the volume down; Make the sound quieter
audio_volume_mute | mute; mute sound; silence | Mute the sound; Be silent
audio_volume_up | raise volume; volume up; increase volume | Turn the volume up; Make the sound louder
calendar_query | get events; check calendar; list events | Look up events in the calendar; Show what is planned
calendar_remove | delete event; remove event; clear calendar | Delete events from the calendar; Cancel something that was planned
calendar_set | create event; add event; schedule event | Put an event into the calendar; Plan an event or a reminder
cooking_recipe | get recipe; find recipe; cooking help | Find a recipe; Tell how to cook something
datetime_convert | convert time; convert time zone | Convert a time between time zones; Tell what time it is elsewhere at a given time
datetime_query | get date time; get time; tell date | Tell the date or the time; Get the current date or time at a place
email_addcontact | add contact; save contact; new contact | Save somebody in the contacts; Add a new contact
email_query | check email; get emails; read inbox | Look for emails; Check whether there are new emails
email_querycontact | find contact; get contact; contact info | Look somebody up in the contacts; Get the details of a contact
email_sendemail | send email; compose email; write email | Write and send an email; Send somebody an email
iot_cleaning | start vacuum; clean floor; run robot cleaner | Start the robot vacuum cleaner; Clean the house
iot_coffee | make coffee; brew coffee; start coffee machine | Make coffee; Start the coffee machine
iot_hue_lightchange | set light color; change lights; change light color | Change the colour of the lights; Set the lights to a colour
iot_hue_lightdim | dim lights; lower brightness; decrease brightness | Dim the lights; Make the lights darker
iot_hue_lightoff | turn off lights; lights off; switch off light | Turn the lights off; Switch off a light
iot_hue_lighton | turn on lights; lights on; switch on light | Turn the lights on; Switch on a light
iot_hue_lightup | brighten lights; raise brightness; increase brightness | Make the lights brighter; Turn up the lights
iot_wemo_off | turn off plug; switch off socket; disable outlet | Switch a smart plug off; Cut the power of an outlet
iot_wemo_on | turn on plug; switch on socket; enable outlet | Switch a smart plug on; Give power to an outlet
lists_createoradd | add to list; create list; update list | Create a list or add something to one; Put something on a list
lists_query | get list; show list; read list | Show what is on a list; Read a list
lists_remove | remove from list; delete list; clear list | Delete a list or take something off one; Remove something from a list
music_likeness | save opinion; like music; rate music | Remember which music the user likes; Save an opinion about the music
music_query | identify song; get song info; music info | Tell what is playing; Give information about a song
music_settings | set playback; player settings; change playback mode | Change the settings of the player; Shuffle or repeat the music
news_query | get news; read news; latest news | Get the news; Find news about a topic
play_audiobook | play audiobook; read audiobook; start audiobook | Play an audiobook; Control the playing of an audiobook
play_game | play game; start game; launch game | Start a game; Play a game with the user
play_music | play music; play song; start music | Play music; Play a song, an artist, a genre or a playlist
play_podcasts | play podcast; start podcast; play episode | Play a podcast; Play an episode of a podcast
play_radio | play radio; tune radio; start radio | Play a radio station; Turn on the radio
qa_currency | get exchange rate; convert currency; currency rate | Get the exchange rate of currencies; Convert money
qa_definition | define; get definition; look up word | Give the definition of something; Explain what a word means
qa_factoid | ask fact; answer question; search knowledge | Answer a question about a fact; Look up facts about people, places and things
qa_maths | calculate; solve math; compute | Calculate something; Solve a problem of arithmetic
qa_stock | get stock price; stock quote; check stock | Get the price of a stock; Tell how a share is doing
recommendation_events | find events; recommend events; local events | Find events; Recommend something to do
recommendation_locations | find places; recommend places; search nearby | Find places such as shops and restaurants; Recommend a place
recommendation_movies | find movies; recommend movies; movie guide | Find films to see; Recommend a film
social_post | post message; create post; post to social | Post on social media; Write a post or a complaint
social_query | check social media; get notifications; read feed | Look at what is new on social media; Check a social network
takeaway_order | order food; order takeaway; place food order | Order food to take away or to be delivered; Order something to eat
takeaway_query | check takeaway; ask delivery; takeaway info | Find out about takeaway and delivery; Ask whether a restaurant delivers, or about an order
transport_query | get directions; find route; travel info | Find out how and when to travel; Get directions and timetables
transport_taxi | book taxi; call cab; get ride | Book a taxi; Order a ride
transport_ticket | book ticket; buy train ticket; reserve ticket | Book a ticket for a journey; Buy a train ticket
transport_traffic | get traffic; check traffic; traffic report | Tell how the traffic is; Report on the traffic
weather_query | get weather; weather forecast; check weather | Get the weather; Tell what the weather will be
"""

_SLOTS = """
alarm_type | alarm type; kind; alarm name | kind of alarm | Kind of alarm; What the alarm is for
app_name | app; app name; application | app | App to use; Name of the app
artist_name | artist; artist name; performer; band | artist | Singer or band; Who performs the music
audiobook_author | author; writer; book author | author | Author of the book; Who wrote the book
audiobook_name | title; book; book title; audiobook | title | Title of the book; Which audiobook
business_name | business; company; business name | business | Name of the company; The shop, restaurant or company
business_type | place type; business type; category | type of place | Kind of place; What kind of business
change_amount | amount; level; change; by how much | amount | How far to change it; The level or the change, as said
coffee_type | coffee type; coffee; drink; kind | type of coffee | Kind of coffee; How the coffee should be
color_type | color; colour; light color | color | Colour of the light; Which colour
cooking_type | method; cooking method; cooking type | cooking method | Way of cooking; How it is cooked
currency_name | currency; currency name | currency | Name of the currency; Which currency
date | date; day; on date; when | date | Day; The date, as said
definition_word | word; term; subject; phrase | word | What to define; The word or thing
device_type | device; device type; device name | device | The device; Which device is meant
email_address | email; email address; address | email address | Email address; The address of the person
email_folder | folder; mailbox; email folder | folder | Folder of emails; Which mailbox
event_name | event; event name; title; occasion | event | Name of the event; What is planned or happens
food_type | food; food type; dish; cuisine | food | Kind of food; The dish or cuisine
game_name | game; game name; title | game | Name of the game; Which game
general_frequency | frequency; repeat; recurrence; how often | frequency | How often; How often it is repeated
house_place | room; place; house place; location | room | Room or part of the house; Where in the house
ingredient | ingredient; with ingredient | ingredient | An ingredient; What it is made with
list_name | list; list name; name | list | Name of the list; Which list
meal_type | meal; meal type | meal | Meal; Which meal of the day
media_type | media; media type; source; medium | media | Kind of media; The medium or source
movie_name | movie; film; title; movie name | movie | Title of the film; Which film
movie_type | genre; movie type; film type | kind of movie | Genre of the film; Kind of film
music_descriptor | descriptor; quality; music description; mood | kind of music | What the music is like; How the music is described
music_genre | genre; music genre; style | genre | Genre of the music; Kind of music
news_topic | topic; news topic; subject | topic | Topic of the news; What it is about
order_type | order type; how; service type; delivery type | type of order | Whether to take away or to deliver; How the food is had
person | person; person name; contact; name; who | person | Name of the person; Who is meant
personal_info | field; detail; info type; personal info | detail | What is asked about the person; Which detail of the contact
place_name | place; location; place name; city; where | place | Name of the place; City, country or other place
player_setting | setting; player setting; action; mode | setting | Setting of the player; What the player should do
playlist_name | playlist; playlist name | playlist | Name of the playlist; Which playlist
podcast_descriptor | episode; which; descriptor; podcast descriptor | episode | Which episode; What tells the episode or podcast
podcast_name | podcast; podcast name; show; title | podcast | Name of the podcast; Which podcast
radio_name | station; radio name; channel; radio station | station | Name of the radio station; Which station
relation | relation; relationship; relative | relation | Relation to the user; Who it is to the user
song_name | song; title; track; song name | song | Title of the song; Which song
time | time; at time; hour; clock time | time | Time; The time, as said
time_zone | time zone; zone; timezone | time zone | Time zone; Which time zone
timeofday | time of day; part of day; daytime | time of day | Part of the day; Morning, evening and the like
transport_agency | agency; company; provider | company | Who offers the ride; Name of the taxi company
transport_descriptor | ticket type; descriptor; details | kind of ticket | What kind of ticket; Details of the journey
transport_name | line; train name; service; transport name | line | Name of the train or line; Which train or line
transport_type | vehicle; transport type; mode; means | means of transport | Means of transport; Kind of vehicle
weather_descriptor | condition; weather condition; descriptor; about | condition | What about the weather is asked; Weather, temperature or what to wear
when | when; time; time range; date time; at | time | When; Day and time, in the user's words
people | party size; people; guests; number of people | number of people | How many people; Size of the party
first_name | first name; given name; guest first name | first name | First name of the guest; First name
last_name | last name; surname; family name | last name | Last name of the guest; Family name
"""

_MERGED = """
control lights; set lights; lights | Control the lights; Turn lights on or off, brighter or darker | action; command; state | iot_hue_lighton = on, turn_on; iot_hue_lightoff = off, turn_off; iot_hue_lightup = brighter, increase; iot_hue_lightdim = dimmer, decrease
set volume; control volume; change sound | Change the volume; Make the sound louder, quieter or mute it | direction; action; change | audio_volume_up = up, louder; audio_volume_down = down, quieter; audio_volume_mute = mute, silent
switch plug; control outlet; set socket | Switch a smart plug; Turn an outlet on or off | state; action; power | iot_wemo_on = on, enable; iot_wemo_off = off, disable
play media; play; start playing | Play something; Play music, radio, podcasts, audiobooks or games | media kind; kind; content type | play_music = music, song; play_radio = radio, station; play_podcasts = podcast, episode; play_audiobook = audiobook, book; play_game = game, video_game
manage calendar; calendar; events | Look up, add or delete events; Manage the calendar | action; operation; mode | calendar_query = read, list; calendar_set = create, add; calendar_remove = delete, remove
manage list; lists; edit list | Show and change lists; Manage the user's lists | action; operation; what to do | lists_query = show, read; lists_createoradd = add, write; lists_remove = remove, delete
manage alarms; alarms; alarm clock | Show, set and cancel alarms; Manage the alarms | action; operation; command | alarm_query = list, show; alarm_set = set, create; alarm_remove = remove, cancel
"""

_ERRANDS = """
account_blocked = find out why an account is blocked
accept_reservations = find out whether a restaurant takes reservations
application_status = check the status of a credit card application
apr = tell the annual rate of a credit card
balance = tell the balance of an account
bill_balance = tell how much a bill is
bill_due = tell when a bill is due
book_flight = book a flight
book_hotel = book a hotel room
calculator = calculate something
calendar = look up what is in the calendar
calendar_update = put something into the calendar or take it out
calories = tell how many calories a food has
cancel_reservation = cancel a restaurant reservation
car_rental = rent a car
card_declined = find out why a card was declined
carry_on = tell what may be carried onto a plane
change_accent = change the accent or voice of the assistant
change_ai_name = give the assistant another name
change_language = change the language of the assistant
change_speed = change how fast the assistant speaks
change_user_name = change the name by which the user is called
change_volume = change the volume
confirm_reservation = confirm a restaurant reservation
cook_time = tell how long something has to be cooked
credit_limit = tell the limit of a credit card
credit_limit_change = change the limit of a credit card
credit_score = tell the credit score
current_location = tell where the user is
damaged_card = report a damaged card
date = tell the date
definition = tell what a word means
direct_deposit = set up direct deposit
directions = give directions to a place
distance = tell how far away a place is
exchange_rate = tell the exchange rate of currencies
expiration_date = tell when a card expires
find_phone = find the user's phone
flight_status = check the status of a flight
flip_coin = flip a coin
food_last = tell how long food stays good
freeze_account = freeze an account
fun_fact = tell an interesting fact
gas = tell how much fuel is left
gas_type = tell which fuel a car needs
how_busy = tell how busy a restaurant is
improve_credit_score = advise how to improve a credit score
income = tell the user's income
ingredient_substitution = tell what can replace an ingredient
ingredients_list = list the ingredients of a dish
insurance = give information about the user's insurance
insurance_change = change the insurance
interest_rate = tell the interest rate of an account
international_fees = tell the fees for using a card abroad
international_visa = tell whether a visa is needed
jump_start = explain how to jump start a car
last_maintenance = tell when a car was last serviced
lost_luggage = find lost luggage
make_call = call somebody by phone
meal_suggestion = suggest a meal
measurement_conversion = convert units of measurement
meeting_schedule = tell which meetings there are
min_payment = tell the minimum payment of a bill
mpg = tell how much fuel a car uses
new_card = apply for a new credit card
next_holiday = tell when the next holiday is
next_song = skip to the next song
nutrition_info = give the nutritional values of a food
oil_change_how = explain how to change the oil
oil_change_when = tell when the oil must be changed
order = order something from a shop
order_checks = order checks
order_status = check the status of an order
pay_bill = pay a bill
payday = tell when the next pay day is
pin_change = change a pin
play_music = play music
plug_type = tell which power plug a country uses
pto_balance = tell how many days of leave are left
pto_request = request days of leave
pto_request_status = check the status of a request for leave
pto_used = tell how many days of leave were used
recipe = find a recipe
redeem_rewards = redeem the points of a credit card
reminder = list the reminders
reminder_update = set a reminder
replacement_card_duration = tell how long a new card takes to arrive
report_fraud = report fraud on an account
report_lost_card = report a lost or stolen card
reset_settings = reset the settings of the assistant
restaurant_reservation = reserve a table at a restaurant
restaurant_reviews = tell how a restaurant is rated
restaurant_suggestion = suggest a restaurant
rewards_balance = tell how many reward points there are
roll_dice = roll dice
rollover_401k = roll over a retirement account
routing = tell the routing number of a bank
schedule_maintenance = make an appointment to have a car serviced
schedule_meeting = arrange a meeting
share_location = share the user's location with somebody
shopping_list = tell what is on the shopping list
shopping_list_update = add to the shopping list or take something off
smart_home = switch devices in the home
spelling = spell a word
spending_history = tell how much was spent on what
sync_device = connect to another device
taxes = give information about taxes
tell_joke = tell a joke
text = send a text message
time = tell the time
timer = set a timer
timezone = tell which time zone a place is in
tire_change = tell when the tires must be changed
tire_pressure = check the pressure of the tires
todo_list = tell what is on the list of tasks
todo_list_update = add to the list of tasks or take something off
traffic = tell how the traffic is
transactions = list the transactions of an account
transfer = transfer money between accounts
translate = translate into another language
travel_alert = tell whether it is safe to travel somewhere
travel_notification = tell the bank about a journey
travel_suggestion = suggest what to see and do at a place
uber = order a ride
update_playlist = add a song to a playlist
user_name = tell the user's name
vaccines = tell which vaccines a journey needs
w2 = find the tax form of an employer
weather = tell the weather
what_song = tell which song is playing
whisper_mode = turn the whispering voice on or off
"""
"""Intents of CLINC that a function could do, and what it would do."""

_CLOSE = """
iot_hue_lightchange, iot_hue_lightdim, iot_hue_lightoff, iot_hue_lighton, iot_hue_lightup, iot_wemo_off, iot_wemo_on, lights
audio_volume_down, audio_volume_mute, audio_volume_up, music_settings, play_music, play_radio, play_audiobook, play_podcasts, play_game, music_query, music_likeness
calendar_query, calendar_remove, calendar_set, alarm_set, alarm_query, alarm_remove, datetime_query, lists_createoradd, lists_query, lists_remove
datetime_convert, datetime_query, weather_query
email_addcontact, email_query, email_querycontact, email_sendemail
qa_currency, qa_definition, qa_factoid, qa_maths, qa_stock, news_query, datetime_query, weather_query, cooking_recipe, transport_query, music_query
recommendation_events, recommendation_locations, recommendation_movies, takeaway_order, takeaway_query, transport_query, cooking_recipe, calendar_query
social_post, social_query, news_query, email_query
transport_query, transport_taxi, transport_ticket, transport_traffic
"""
"""Asking for one where only another is offered is no sure refusal."""

_APART = """
iot_hue_lightoff, iot_wemo_off
iot_hue_lighton, iot_wemo_on
audio_volume_down, audio_volume_mute
music_settings, play_music
music_likeness, play_music
play_audiobook, music_settings
play_podcasts, music_settings
play_podcasts, play_radio
qa_definition, qa_factoid
takeaway_query, recommendation_locations
recommendation_events, calendar_query
transport_query, transport_ticket
transport_query, transport_traffic
datetime_query, datetime_convert
calendar_query, alarm_query
calendar_set, alarm_set
recommendation_events, recommendation_locations, recommendation_movies
social_query, email_query
lists_createoradd, calendar_set
"""
"""People say the same for both: never in one toolset."""

_CLOSE_ERRANDS = """
account_blocked, card_declined, freeze_account, pin_change, report_fraud, damaged_card, report_lost_card, new_card, replacement_card_duration
apr, interest_rate, credit_limit, credit_limit_change, credit_score, improve_credit_score, application_status, expiration_date, new_card, international_fees
balance, bill_balance, bill_due, min_payment, pay_bill, spending_history, transactions, transfer, order_checks, routing, direct_deposit, income, payday
rewards_balance, redeem_rewards
accept_reservations, cancel_reservation, confirm_reservation, restaurant_reservation, restaurant_reviews, restaurant_suggestion, how_busy, meal_suggestion
calendar, calendar_update, meeting_schedule, schedule_meeting, reminder, reminder_update, todo_list, todo_list_update, date, next_holiday
shopping_list, shopping_list_update, order, order_status, ingredients_list
calories, nutrition_info, ingredients_list, recipe, meal_suggestion, cook_time, ingredient_substitution, food_last
change_accent, change_language, whisper_mode, change_speed, change_volume, reset_settings
change_ai_name, change_user_name, user_name
current_location, directions, distance, share_location, traffic, uber, travel_suggestion
time, timezone, timer, date
what_song, next_song, play_music, update_playlist
oil_change_how, oil_change_when, last_maintenance, schedule_maintenance, tire_change, tire_pressure, jump_start
gas, gas_type, mpg, oil_change_how
insurance, insurance_change
pto_balance, pto_request, pto_request_status, pto_used, next_holiday
taxes, w2, income, rollover_401k
book_flight, flight_status, carry_on, lost_luggage
travel_alert, travel_notification, vaccines, international_visa, plug_type, travel_suggestion, weather
definition, spelling, translate
calculator, measurement_conversion, exchange_rate
make_call, text, find_phone, share_location
smart_home, sync_device, change_volume
fun_fact, tell_joke
flip_coin, roll_dice
"""

HELD_OUT = frozenset({"alarm_query", "alarm_remove", "alarm_set", "takeaway_order", "takeaway_query"})
"""Intents of HWU that are kept out of training, to measure tools never seen."""

_BANKING = """
account_blocked balance bill_balance bill_due freeze_account interest_rate min_payment order_checks pay_bill pin_change
report_fraud routing spending_history transactions transfer
"""
HELD_OUT_ERRANDS = frozenset(_BANKING.split())
"""Banking, kept out as well."""

NOT_TRAINED = HELD_OUT | HELD_OUT_ERRANDS | {"alarm"}
"""Those, and the intent of CLINC that means the same as one of them."""

LISTED = {"currency_name": "currencies", "place_name": "places", "person": "people", "food_type": "dishes"}
"""Slots that are said more than once in a sentence, and what a list of them is called."""

UNCLEAR = frozenset(
    {
        ("datetime_query", "time_zone"), ("qa_stock", "news_topic"), ("qa_stock", "currency_name"), ("qa_factoid", "event_name"),
        ("recommendation_movies", "event_name"), ("email_querycontact", "event_name"), ("email_querycontact", "place_name"),
        ("lists_createoradd", "person"), ("lists_remove", "person"), ("lists_createoradd", "event_name"), ("recommendation_movies", "business_type"),
        ("music_query", "music_genre"), ("social_query", "general_frequency"), ("audio_volume_mute", "device_type"), ("news_query", "place_name"),
    }
)  # fmt: skip
"""Slots that the annotators did not use in one way: no tool has them."""

TEMPORAL = ("date", "time", "timeofday")

KIN = (frozenset(TEMPORAL), frozenset({"person", "relation"}), frozenset({"business_name", "business_type"}),
       frozenset({"artist_name", "person"}), frozenset({"place_name", "house_place"}), frozenset({"house_place", "device_type"}))  # fmt: skip
"""Slots of which one must not be declared and another said without being declared."""

_OPEN = """
artist_name audiobook_name business_name event_name food_type game_name list_name movie_name person place_name
playlist_name podcast_name radio_name song_name definition_word news_topic currency_name
"""
OPEN = frozenset(_OPEN.split())
"""Slots whose values may stand for each other."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a tool or an argument may be called."""

    names: tuple[str, ...]
    descriptions: tuple[str, ...]
    label: str = ""
    """How the assistant asks for it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One tool for several intents, told apart by an argument."""

    wording: Wording
    names: tuple[str, ...]
    """Names of that argument."""
    values: dict[str, tuple[str, ...]]
    """Its value for each intent, in the styles there are."""


def _cells(line: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in cell.split(";")) for cell in line.split("|")]


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


INTENTS = {cells[0][0]: Wording(cells[1], cells[2]) for cells in map(_cells, _lines(_INTENTS))}
SLOTS = {cells[0][0]: Wording(cells[1], cells[3], cells[2][0]) for cells in map(_cells, _lines(_SLOTS))}
MERGED = tuple(
    Merged(
        Wording(cells[0], cells[1]),
        cells[2],
        {
            intent.strip(): tuple(value.strip() for value in values.split(","))
            for intent, values in (pair.split("=") for pair in cells[3])
        },
    )
    for cells in map(_cells, _lines(_MERGED))
)
ERRANDS = {name.strip(): goal.strip() for name, goal in (line.split("=") for line in _lines(_ERRANDS))}


def _groups(*texts: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in (line for text in texts for line in _lines(text)):
        names = {name.strip() for name in line.split(",")}
        for name in names:
            found.setdefault(name, set()).update(names)
    return {name: frozenset(others) for name, others in found.items()}


CLOSE = _groups(_CLOSE, _CLOSE_ERRANDS)
APART = _groups(_APART)
