# ruff: noqa: E501
"""More everyday tools, of services and offices; the format is that of `everyday`."""

SERVICES_TABLE = """
hotels|reserve hotel room;book stay|hotel
slots hotel:company! start_date! nights! rooms_count? breakfast? full_name?
Reserve rooms in a given hotel; Make a hotel reservation
- (reserve|book) [me ]a room at the {hotel}< from {start_date}>< for {nights} nights>
- make a reservation at {hotel}< for {nights} nights>
= I (want|would like|need) to stay at {hotel}< for {nights} nights>
= I'll take the {hotel}< from {start_date}>, {nights} nights

hotels|search house;find holiday home|holiday home
slots where:city! adults? min_rating? start_date? end_date? >address >rating >price
Search for a house to rent for a holiday
- (find|search for|look for|get) [me ]a (house|holiday home|cottage) in {where}< for {adults} people>
= (we|I) (want|need) to rent a (house|cottage|holiday home) in {where}
= (any|are there) (houses|holiday homes) to rent in {where}

flights|search one way flights;oneway flight|flight
slots origin! destination! departure! cabin? passengers? airline? >airline >price >time
Search for one-way flights to a destination
- (find|search|look for) a one-way (flight|ticket) from {origin} to {destination}< on {departure}>
= I need a one way (flight|ticket) from {origin} to {destination}< on {departure}>
= one way from {origin} to {destination}
= I want to fly one way to {destination} from {origin}

flights|search round trip;roundtrip flights|flight
slots origin! destination! departure! return_date! cabin? airline? >airline >price
Search for round-trip flights
- (find|search|look for) (a round trip|round trip flights|a return flight) from {origin} to {destination}
= I need (a round trip|a return ticket) from {origin} to {destination}< leaving on {departure}>< and coming back on {return_date}>
= (we're|I'm) flying from {origin} to {destination} and back< on {return_date}>
= {origin} to {destination} and back

flights|flight status;check flight;is flight on time|flight
slots flight_number:flight_code! date? >time >venue
Status of a flight by its number; Whether a flight is on time
- (check|tell me|look up) the status of flight {flight_number}
- (check|see) (if|whether) flight {flight_number} is (on time|late|delayed)
= is (flight |){flight_number} (on time|late|delayed|cancelled)
= when does (flight |){flight_number} (land|arrive|leave|take off)
= (has|did) (flight |){flight_number} (landed|arrive|leave)

flights|check in;online check in|boarding pass
slots confirmation! full_name! seat?
Check in for a flight
- check {full_name} in[ for the flight]
- do the (online |)check-in
= I (want|need) to check in( for my flight|)
= time to check in

transport|next departure;bus times;when is the next train|bus stop,train
slots stop:venue! line:small_line? direction:destination? >time
Next departures from a stop
- (show|tell me|check) the next (departures|buses|trains) (from|at) {stop}
= when (is|does|leaves) the next (bus|train|tram) (from|at|leave from) {stop}
= next (bus|train|tram) (from|at) {stop}

transport|rent bike;unlock bike;start scooter|bike rental,scooter
slots bike:id! minutes:duration?
Unlock a rental bike or scooter by its number
- (unlock|rent|start|get me) (the |)(bike|scooter) {bike}
= I (want|'d like) to ride (bike|scooter) {bike}
= (bike|scooter) {bike}[ please]

transport|estimate fare;ride price|fare estimate
slots pickup! dropoff! ride_type? >price
Price of a ride before it is ordered
- (estimate|calculate|check) the (fare|price of a ride) from {pickup} to {dropoff}
= how much (is|would be|does it cost for) a (ride|taxi|cab) from {pickup} to {dropoff}
= what does a (taxi|cab|ride) from {pickup} to {dropoff} cost

transport|share location;send position|
slots recipient! duration?
Share the own position with somebody
- share my (location|position) with {recipient}
- let {recipient} (see|know) where I am
= {recipient} (wants|needs) to know where I am
= {recipient} is asking where I am

cinema|find showtimes;movie times|screening
slots movie! city! date? >time >venue
Showtimes of a movie in a city
- (find|get|show me|check) the (showtimes|times) (for|of) {movie} in {city}
= (when|at what time) is {movie} (on|showing) in {city}
= where can I (see|watch) {movie} in {city}

cinema|buy movie tickets;book cinema|cinema ticket
slots movie! tickets! time! date? venue?
Buy cinema tickets for a movie
- (buy|get|book) {tickets} (cinema|movie) tickets for {movie}
- (buy|book) {tickets} seats (at the cinema|in the cinema) for {movie}
= (we|I) want to (see|watch) {movie} at the cinema, {tickets} (tickets|seats)
= {tickets} movie tickets for {movie}[ please]

music|lookup song;find songs;search music|song
slots genre? artist? year? album? >song >artist
Search for songs by genre, artist or year
- (find|search for|look up|look for) (songs|some songs|a song)< by {artist}>
- (find|search) [some ]{genre} songs
= (do you know|are there) (any |)songs< by {artist}>
= which songs did {artist} (write|release)

music|play song on device;start playback|song
slots song! device! volume?
Play a song on a device in the house
- (play|start) {song} on the {device}
= I want to hear {song} on the {device}
= {song} on the {device}[ please]

music|change volume;set volume;louder|
slots volume! device? room?
Set the volume of a player
- (set|change|put|turn) the (volume|sound)< of the {device}>< in the {room}> to {volume}
- (turn|make) (it|the music)< in the {room}> (up|down|louder) to {volume}
= volume (at|to|on) {volume}
= (it's|the music is) too (loud|quiet)< in the {room}>, make it {volume}

music|skip track;next song|
slots count:skip_count?
Skip to the next song
- skip (this song|this track|the song|it)
- play the next (song|track|one)
= next (song|track)[ please]
= I don't like this (song|one)

music|pause music;pause playback|
slots device? duration?
Pause the music
- pause (the music|the song|playback)
- (be quiet|stop singing) for a moment
= music off for a moment

music|create playlist;new playlist|playlist
slots name! description_text:mood? visibility?
Create an empty playlist
- (create|make|start) a (new |)playlist (called|named|with the name) {name}
= I (need|want) a (new |)playlist (called|named) {name}
= new playlist: {name}

podcasts|play podcast;listen to episode|podcast
slots podcast:title! episode:episode_number? speed_factor:playback_speed?
Play an episode of a podcast
- (play|start|put on) [the podcast ]{podcast}< episode {episode}>
- (play|start) episode {episode} of {podcast}
= I (want|'d like) to listen to[ the podcast] {podcast}
= is there a new episode of {podcast}

reading|read aloud;read article|article
slots url! voice_speed:playback_speed? language?
Read a web page aloud
- read {url}[ aloud| to me| out loud]
= can't look at the screen, read me {url}
= I want to listen to {url}

television|change channel;switch channel|
slots channel_number:tv_channel! device?
Switch the television to a channel
- (switch|change|go) to channel {channel_number}
- (put|turn) on channel {channel_number}
= channel {channel_number}[ please]
= what's on channel {channel_number}, put it on

television|record show;record program|
slots title! date? time? 
Record a television program
- record {title}< on {date}>
= I will miss {title}, record it
= I don't want to miss {title}

home|set color;light color;change lamp color|lamp
slots device! color! room?
Change the color of a light
- (make|turn|change|set) the {device}< in the {room}> [to ]{color}
= the {device}< in the {room}> should be {color}
= I want {color} light from the {device}
= {color} {device}[ please]

home|lights off;switch off lights;turn off room|lamp
slots room!
Switch off all lights of a room
- (turn|switch) off (all |)the lights in the {room}
- (turn|switch) all lights off in the {room}
= (make it|it should be) dark in the {room}
= (nobody|no one) is in the {room}, (lights off|switch the lights off)
= lights out in the {room}

home|lights on;switch on lights;illuminate room|lamp
slots room! color? duration?
Switch on the lights of a room
- (turn|switch) on (all |)the lights in the {room}
- (turn|switch) the lights on in the {room}
= it is (too |)dark in the {room}
= (I can't see anything|I need light) in the {room}
= lights on in the {room}

home|open garage;operate garage door;garage door|garage door
slots garage_state:open_state! delay?
Open or close the garage door
- (open the garage: set it to|put the garage door to) {garage_state}
- (set|switch) the garage (door |)to {garage_state}
= the garage (door |)should be {garage_state}

home|run dishwasher;start dishwasher|dishwasher
slots dish_program:dish_program? delay? eco?
Start the dishwasher
- (start|run|turn on) the dishwasher
- (do|wash) the dishes
= the dishwasher is (full|loaded)
= the dishes are dirty

home|start laundry;wash clothes|washing machine,laundry load
slots wash_program:wash_program! wash_temperature:wash_temperature? spin:spin_speed? delay?
Start the washing machine
- (start|run) the washing machine with the {wash_program} program
- wash (my|the) {wash_program} (clothes|things|laundry)
= the washing machine is loaded, {wash_program} program
= {wash_program} (wash|laundry)[ please]

home|camera snapshot;show camera;take picture camera|camera
slots camera_place:door! record_seconds:timeout?
Show what a camera sees
- show me the (camera|picture) at the {camera_place}
- (look|check) who is at the {camera_place}
= who is at the {camera_place}
= (is there|did I hear) someone at the {camera_place}

home|energy usage;power consumption|energy bill,meter
slots start_date? end_date? device? >value
Energy used in a period or by a device
- (show|tell me|check|get) (my|the|our) (energy|power|electricity) (usage|consumption)
= how much (energy|power|electricity) (did we|did I|have we) use
= how much (energy|power|electricity) does the {device} use

home|set humidity;adjust humidifier|humidifier
slots humidity! room?
Set the target humidity
- (set|put|bring) the humidity< in the {room}> to {humidity}
= (it's|the air is) too dry< in the {room}>, (set it to|I want) {humidity}
= humidity< in the {room}> (at|to) {humidity}

home|set fan speed;fan control|fan,ceiling fan
slots room! fan_speed:fan_speed! oscillate:repeat_flag?
Set the speed of a fan
- (set|switch|turn|put) the fan in the {room} (to|on) {fan_speed}
= the fan in the {room} should run on {fan_speed}
= it's (too warm|stuffy) in the {room}, fan on {fan_speed}

home|set hvac mode;climate mode|thermostat
slots hvac_mode! room? temperature?
Set the operating mode of the heating and cooling system
- (set|switch|put|change) the (climate system|hvac|air conditioning)< in the {room}> to {hvac_mode}
= the (air conditioning|hvac) should be (on|in) {hvac_mode}( mode|)
= (hvac|climate) {hvac_mode}[ please]

home|remind at place;location reminder|reminder
slots task! place_name:venue!
Remind the user when a place is reached
- remind me to {task} when I (get to|am at|arrive at|reach) {place_name}
- when I (get to|arrive at|am at) {place_name}, remind me to {task}
= as soon as I am at {place_name} I need to {task}, remind me

clock|stop timer;cancel timer|timer
slots timer_name:name?
Stop a running timer
- (stop|cancel|end) (the|my) timer
= (the|my) timer can stop
= no more timer

clock|time difference;compare clocks|
slots first_city:origin! second_city:destination! >value
Time difference between two cities
- (tell me|calculate|find) the time difference (between {first_city} and {second_city}|from {first_city} to {second_city})
= how many hours (are|lie) between {first_city} and {second_city}
= (what's|what is) the time difference between {first_city} and {second_city}

clock|days until;countdown to date;days between|
slots date! >days
Number of days until a date
- count the days until {date}
- (calculate|tell me) how many days are left until {date}
= how many days (are there |)(until|till|to) {date}
= how long is it until {date}

calendar|move event;reschedule meeting;change appointment|event,meeting,appointment
slots event_name! new_date:date! new_time:time?
Move an event of the calendar to another date
- (move|shift|push) {event_name} to {new_date}< at {new_time}>
= {event_name} (is|was|has been) moved to {new_date}< at {new_time}>
= {event_name} will be on {new_date} instead
= I can't make {event_name}, (move|shift) it to {new_date}

calendar|delete event;cancel event|event,meeting,appointment
slots event_name! date? notify?
Remove an event from the calendar
- (remove|delete|strike|drop) {event_name} from (my|the) calendar
- (cancel|call off) {event_name}
= {event_name} (is off|won't happen|is cancelled), (remove it|delete it)
= I'm not going to {event_name}

calendar|invite to event;add attendee|invitation
slots event_name! person! optional_guest:notify?
Invite a person to a calendar event
- (invite|add) {person} to {event_name}
- ask {person} to (come to|join) {event_name}
= {person} should (come to|be at|join) {event_name}
= {event_name}: {person} (comes|is coming) too

calendar|check birthday;find birthday|birthday
slots person! >date
Birthday of a contact
- (check|tell me|look up) when {person} has birthday
= when is {person}'s birthday
= when (was {person} born|does {person} have birthday)
= birthday of {person}

contacts|add contact;save contact;new contact|contact
slots full_name! phone? email? company? birthday?
Add a person to the address book
- (add|save) {full_name} (to|in) (my|the) (contacts|address book)
- (create|make) a contact for {full_name}
= new contact: {full_name}
= (I met|there is a new colleague,) {full_name}, put (them|him|her) in my contacts

contacts|find contact;get phone number;look up contact|contact
slots person! kind_of_data:phone_kind? >phone >email
Look a person up in the address book
- (find|look up|get|show me) (the contact |the phone number of |the address of |contact details for ){person}
= (what's|what is) {person}'s (number|phone number|email|address)
= how can I reach {person}
= do I have {person}'s number

messaging|read messages;check inbox;get unread messages|message
slots sender? limit? unread?
Read new messages
- (read|check|show) (me |)(my |)(new |)messages< from {sender}>
= (did|has) {sender} (write|written)( to me| back|)
= (any|do I have) (new |)messages< from {sender}>
= what did {sender} (say|write)

messaging|reply message;answer message|message
slots message_id:id! message! 
Answer a message
- (reply|answer) to (message |){message_id}: {message}
- (answer|reply to) message {message_id}[ with| saying] {message}
= my answer to message {message_id} is {message}

messaging|post to channel;send channel message|channel,announcement
slots channel_name:slack_channel! message! urgent:urgent_flag?
Post a message to a team channel
- (post|write|announce) in {channel_name}[ that|:] {message}
- (tell|let) everyone in {channel_name}[ know] {message}
= {channel_name} should know: {message}

messaging|schedule email;send later|email,mail
slots to_email! message! datetime!
Send an email at a later time
- schedule an email to {to_email}
- send an email to {to_email} later
= {to_email} should get an email later

messaging|set status;change presence|
slots presence:presence! note? until_time:end_time?
Set the own status in the chat
- (set|change) my status to {presence}
- (show|mark) me as {presence}
= I'm {presence}( now|), (set my status|let them know)

meetings|start call;video meeting;create meeting link|video call
slots attendees! topic? duration?
Start a video call
- (start|open|set up) a (video call|call|video meeting) with {attendees}
- get {attendees} (on|into) a (video call|call)
= I (want|need) a video call with {attendees}

documents|create document;new document|document
slots title! folder? template_name:plain_template? language?
Create a text document
- (create|start|open|make) a (new |)document (called|named|titled) {title}
= I need a (new |)document (called|titled) {title}
= new document {title}

documents|sign document;request signature|signature
slots file! signer:email! due?
Send a document to somebody for signing
- (send|get) {file} (to {signer} for signing|signed by {signer})
- (ask|have) {signer} [to ]sign {file}
= {signer} (must|has to|should) sign {file}
= I need {signer}'s signature on {file}

documents|convert file;change format|
slots file! file_format!
Convert a file into another format
- (convert|turn|transform) {file} (to|into) {file_format}
- (save|export) {file} as {file_format}
= I need {file} as {file_format}
= {file} should be (a |an |){file_format}( file|)

documents|count words;word count|
slots text:message! >value
Number of words in a text
- count the words (in|of)[ the sentence] {text}
= how many words (are in|has) {text}
= how (long|many words) is {text}

documents|summarize text;shorten text|
slots text:message! limit_words?
Summary of a text
- (summarize|shorten|sum up)[ this text|] {text}
= (too long|tl;dr): {text}
= what is the point of {text}

help desk|close ticket;resolve ticket|ticket,incident
slots ticket:id! resolution:note? ticket_rating:rating?
Close a support ticket
- (close|resolve|finish) ticket {ticket}
- mark ticket {ticket} as (solved|resolved|done)
= ticket {ticket} (is|was) (solved|fixed|done)
= ticket {ticket} can be closed

help desk|assign ticket;give ticket to|ticket,incident
slots ticket:id! assignee! 
Assign a support ticket to an agent
- assign ticket {ticket} to {assignee}
- (give|hand|pass) ticket {ticket} to {assignee}
= {assignee} (should|will|must) (take|handle|work on) ticket {ticket}
= ticket {ticket} is for {assignee}

help desk|set ticket priority;prioritize ticket|ticket,incident
slots ticket:id! priority!
Change the priority of a support ticket
- (set|change|raise|lower) the priority of ticket {ticket} to {priority}
- (make|mark) ticket {ticket} [as ]{priority}( priority|)
= ticket {ticket} is {priority}( priority|)
= {priority} priority for ticket {ticket}

help desk|ticket status;check ticket;get ticket|ticket,incident
slots ticket:id! >ticket_status >assignee >priority
State of a support ticket
- (check|look up|show me|get|tell me) (the status of |)ticket {ticket}
= (what's|what is) (the status of|happening with|going on with) ticket {ticket}
= (is|has) ticket {ticket} (been |)(solved|resolved|closed)( yet|)
= (any|is there any) news (on|about) ticket {ticket}

help desk|add ticket comment;comment ticket|ticket,incident
slots ticket:id! message! visibility?
Add a comment to a support ticket
- (add|write) a comment to ticket {ticket}
- (add|note) (to|on|in) ticket {ticket}: {message}
- comment[ on] ticket {ticket} with {message}
= ticket {ticket} needs a comment

help desk|list user tickets;tickets of user|ticket,incident
slots requester:email! ticket_status? limit? >subject >ticket_status
Tickets that a user has opened
- (list|show me|find|get) (all |the |)tickets (of|from|opened by) {requester}
= which tickets did {requester} open
= (what|how many) tickets does {requester} have
= does {requester} have (any |)tickets

help desk|escalate ticket;raise to next level|ticket,incident
slots ticket:id! reason? level:tier?
Hand a support ticket over to the next level
- (escalate|hand up) ticket {ticket}
- (pass|take) ticket {ticket} to (the next level|a specialist|my manager|your boss)
= ticket {ticket} (takes too long|is too hard for us)
= nobody (helps|has answered) on ticket {ticket}, (escalate it|get a manager)

help desk|create user;add account;onboard user|user account
slots full_name! email! department? user_role? start_date?
Create a user account for a new colleague
- (create|set up|make) (an account|a user|a user account) for {full_name}
- add {full_name} as a (new |)user
= {full_name} (is new|starts soon|joins us) and needs an account
= (new|we have a new) colleague: {full_name}

help desk|deactivate user;offboard user;disable account|user account
slots user_name! end_date? reason?
Switch off the account of someone who leaves
- (deactivate|offboard|switch off) (the account of |the account |user |){user_name}
= {user_name} (leaves|is leaving|has left) the company
= {user_name} (no longer works|doesn't work) here( any more|)

help desk|set up mfa;reset two factor;new authenticator|two-factor code
slots user_name! mfa_method:mfa_method? 
Reset two-factor login for a user
- (reset|set up) (two-factor login|2FA|MFA|the second factor) for {user_name}
= {user_name} (has a new phone|lost the phone) and (can't confirm the login|gets no codes)
= the (authenticator|2FA) of {user_name} (doesn't work|is broken)

help desk|add printer;map printer;connect printer|printer
slots printer_name:printer_name! host? default_printer:force?
Connect a printer to a computer
- (connect|add|map|install) [the printer ]{printer_name}< (to|on) {host}>
= I (need|want) to print on {printer_name}
= {printer_name} is missing( on my computer|)

help desk|schedule maintenance;plan downtime|outage
slots host! datetime! duration! notify?
Plan a maintenance window for a system
- (schedule|plan|set up) (maintenance|a maintenance window|downtime) for {host}
= {host} (needs maintenance|will be down|has to be patched)
= maintenance of {host}

help desk|remote session;connect to computer|
slots host! user_permission:notify?
Start a remote session to a computer
- (connect|start a remote session) to {host}
- (take over|look at) {host} (remotely|from here)
= I need to see the screen of {host}

help desk|extend quota;increase storage;more mailbox space|mailbox
slots user_name! disk_gb!
Give a user more storage
- (give|grant) {user_name} {disk_gb} GB( of storage|)
- (raise|increase|extend) the (quota|storage|mailbox) of {user_name} to {disk_gb} GB
= (the mailbox|the drive) of {user_name} is full, (make it|raise it to) {disk_gb} GB
= {user_name} needs {disk_gb} GB

shop|place order;buy product;order item|order
slots product! quantity! shipping? payment? address?
Order a product
- (order|buy) {quantity} {product}
- place an order for {quantity} {product}
= (I'd like|we need|I need|I want|send me) {quantity} {product}
= {quantity} {product}[ please]

shop|cancel order;stop order|order
slots order_id! reason?
Cancel an order that was not sent yet
- (cancel|stop|call off) (my |the |)order {order_id}
= I (changed my mind|don't want it any more): order {order_id}
= order {order_id} was a mistake
= please don't send order {order_id}

shop|change address;update delivery address|order
slots order_id! address!
Change where an order is delivered
- (change|update) the (address|delivery address) of order {order_id} to {address}
- (send|deliver) order {order_id} to {address}( instead|)
= order {order_id} (should|must) go to {address}( instead|)
= I moved, order {order_id} should go to {address}

shop|apply coupon;use voucher;redeem code|coupon,voucher
slots coupon! order_id?
Apply a coupon code
- (apply|use|redeem|enter) the (coupon|code|voucher) {coupon}
= I have a (coupon|voucher|discount code): {coupon}
= my code is {coupon}

shop|check stock;product availability|stock item
slots product! city? size? >quantity
Whether a product is in stock
- (check|see|tell me) (if|whether) (the |)({product}) is (in stock|available)< in {city}>
= (is|are) (the |)({product}) (in stock|available|sold out)< in {city}>
= do you (still |)have (the |)({product})< in {city}>
= how many {product} are left

shop|write review;rate product|product review
slots product! rating! review:message? 
Write a review of a product
- (review|rate) the {product} {rating}
- give the {product} {rating}( stars|)
= the {product} (gets|deserves) {rating}
= I was (happy|unhappy) with the {product}, {rating} out of five

shop|subscribe newsletter;sign up mail|newsletter
slots email! topics_wanted:tags? frequency?
Sign an address up for the newsletter
- (sign up|subscribe|register) {email} (for|to) the newsletter
= {email} wants (the|to get the) newsletter
= send the newsletter to {email}( from now on|)

shop|compare prices;find cheapest|
slots product! max_price? country? >company >price
Find the cheapest shop for a product
- (compare prices|find the best price|find the cheapest shop) for (a |)({product})
= where is the {product} cheapest
= who has the (best price|cheapest offer) for (a |)({product})

shop|gift card;buy gift card|gift card
slots amount! recipient! message? to_mail:email?
Buy a gift card for someone
- (buy|get|send) {recipient} a gift card (over|for|worth) {amount}
- (buy|order) a gift card (over|worth) {amount} for {recipient}
= a gift card over {amount} for {recipient}
= I need a present for {recipient}, a gift card over {amount}

restaurants|cancel reservation;cancel table|table reservation
slots confirmation! reason?
Cancel a table reservation
- cancel (my|the|our) (table|reservation) {confirmation}
= we can't come, (our|the) reservation is {confirmation}
= we don't need the table {confirmation}( any more|)

restaurants|get menu;show menu|menu
slots restaurant! diet? meal? >dish >price
Menu of a restaurant
- (show me|get|send me) the menu of {restaurant}
= what (can I eat|do they have|is on the menu) at {restaurant}
= does {restaurant} have {diet} (food|dishes)

restaurants|opening hours;is open|
slots place_name:restaurant! weekday? >start_time >end_time
Opening hours of a place
- (check|tell me|look up) the opening hours of {place_name}
- (check|see) (if|whether) {place_name} is open< on {weekday}>
= when does {place_name} (open|close)< on {weekday}>
= is {place_name} open< on {weekday}>
= until when is {place_name} open

nutrition|count calories;nutrition facts|
slots dish! portion_grams:grams? >calories
Nutrition facts of a food
- (look up|tell me|check) the (calories|nutrition facts) of {dish}
= how many calories (are in|has|does) {dish}[ have]
= is {dish} (healthy|fattening)

health|set medicine reminder;pill reminder|medicine reminder
slots medicine! time! frequency?
Remind the user to take a medicine
- remind me to take (my |the |){medicine} at {time}
- (set|add) a (pill|medicine) reminder for {medicine} at {time}
= I (have|need) to take {medicine} at {time}

health|log weight;record weight|weight entry
slots weight! date?
Record the body weight
- (log|record|note) (my weight|a weight)( of|:) {weight}
= I weigh {weight}
= the scale (says|shows) {weight}

health|log water;drink tracker|
slots water_ml:water_ml! time?
Record how much was drunk
- (log|record|add) {water_ml} (ml|milliliters)( of water|)
= I (drank|had|just drank) {water_ml} (ml|milliliters)( of water|)

health|find doctor;search provider|doctor appointment
slots doctor! city! insurance? >full_name >phone
Find a doctor or stylist in a city
- (find|search for|look for|recommend) a {doctor} in {city}
= (is there|do you know) a (good |){doctor} in {city}
= where can I find a (good |){doctor} in {city}
= {doctor} in {city}

health|cancel appointment;cancel visit|doctor appointment
slots patient! date! reason?
Cancel an appointment at the practice
- cancel the appointment of {patient}< on {date}>
= {patient} can't come< on {date}>
= {patient} (is ill|has no time)< on {date}>, cancel the appointment

health|calculate bmi;body mass index|
slots weight_kg:plain_weight! height:plain_height! >value
Body mass index from weight and height
- (calculate|compute|tell me) my (bmi|body mass index)
- (calculate|compute) the (bmi|body mass index) for {weight_kg} kg and {height} cm
= (what's|what is) my (bmi|body mass index)
= I am {height} cm tall and weigh {weight_kg} kg, what is my bmi

fitness|book class;join gym class|gym class
slots sport! date! time? skill?
Book a place in a sports class
- (book|reserve|get) [me ]a (place|spot) in the {sport} class< on {date}>
- sign me up for {sport}< on {date}>
= I (want|'d like) to (join|do|go to) the {sport} class< on {date}>
= {sport} class on {date}[ please]

fitness|set goal;daily step goal|step goal,health goal
slots steps! frequency?
Set a goal for the number of steps
- (set|change) my (step goal|goal) to {steps} steps
= I want to walk {steps} steps
= my (new |)goal is {steps} steps

banking|pay bill;settle invoice|bill,invoice
slots company! amount! date? account_type?
Pay a bill
- (pay|settle) the (bill|invoice) (of|from) {company}
- pay {company} {amount}
= the (bill|invoice) (of|from) {company} (is due|came)
= I owe {company} {amount}

banking|list transactions;account history|statement
slots account_type! start_date? end_date? limit? >amount >company
Past transactions of an account
- (list|show me|get) the (transactions|bookings|payments) (of|on|in) my {account_type} account
= what (happened|was booked) on my {account_type} account
= where did the money (in|on) my {account_type} account go

banking|request money;ask for payment|payment reminder
slots person! amount! note?
Ask a person for money
- (request|ask for) {amount} from {person}
- ask {person} for {amount}
= {person} owes me {amount}
= {person} should (pay|send) me {amount}

banking|find atm;nearest branch|cash machine
slots city! radius_km? >address
Cash machines in a city
- (find|show me|look for) (an atm|a cash machine|cash machines) in {city}
= where (can I get cash|is an atm|is the next cash machine) in {city}
= I need cash in {city}

banking|loan payment;mortgage calculator;monthly rate|loan,mortgage
slots loan! interest! months:loan_months! >amount
Monthly payment of a loan
- (calculate|compute|work out) the (monthly payment|monthly rate|installment) (for|of) a loan
= how much (do I pay|is the rate) (a month|per month) for a loan
= what (would|does) a loan cost me (a month|per month)

banking|compound interest;investment growth|
slots loan! interest! term_years:term_years! >amount
What an investment grows to with compound interest
- (calculate|compute) the (compound interest|final value|growth)( of an investment|)
= how much (will I have|is it worth) in the end
= what does my investment grow to

tax|calculate tax;vat amount|
slots amount:plain_amount! tax_rate:tax_percent! >value
Tax on an amount
- (calculate|compute|work out) the (tax|VAT)( on| of|) {amount}
- add {tax_rate} (tax|VAT) to {amount}
= how much (tax|VAT) is (on|due for) {amount}

shop|calculate discount;price after discount|discount
slots price:plain_amount! discount! >value
Price after a discount
- (calculate|compute|take) {discount} off {price}
- (calculate|compute) the price of {price} with {discount} off
= (what is|how much is) {price} with {discount} off

food|split bill;share check;tip calculator|bill
slots amount:plain_amount! guests! tip?
Split a bill among people
- split {amount} (between|among|by) {guests}( people| of us|)
- (split|divide|share) a bill of {amount}< for {guests} people>
= (what|how much) does each of {guests} pay for {amount}
= the bill is {amount} and we are {guests}

maths|subtract;difference of numbers|
slots first_number! second_number! >value
Subtract one number from another
- (calculate|compute) {first_number} minus {second_number}
- subtract {second_number} from {first_number}
= (what is|what's|how much is) {first_number} minus {second_number}
= {first_number} minus {second_number}

maths|square root;root of number|
slots value! decimals? >value
Square root of a number
- (calculate|compute|find|take) the square root of {value}
= (what is|what's) the square root of {value}
= square root of {value}

maths|factorial|
slots n:small_int! >value
Factorial of a whole number
- (calculate|compute|find) the factorial of {n}
= (what is|what's) (the factorial of {n}|{n} factorial)
= {n} factorial

maths|prime check;is prime|
slots n:plain_int! >value
Whether a number is prime
- (check|tell me|find out) (if|whether) {n} is (a |)prime( number|)
= is {n} (a |)prime( number|)

maths|greatest common divisor;gcd|
slots a:plain_int! b:plain_int2! >value
Greatest common divisor of two numbers
- (calculate|compute|find) the (gcd|greatest common divisor) of {a} and {b}
= (what is|what's) the (gcd|greatest common divisor) of {a} and {b}

maths|median;middle value|
slots numbers! >value
Median of numbers
- (calculate|compute|find|get) the median of {numbers}
= (what is|what's) the median of {numbers}

maths|largest number;maximum|
slots numbers! >value
Largest of some numbers
- (find|pick|tell me) the (largest|biggest|maximum) of {numbers}
= which (number |)is the (largest|biggest)( of|:) {numbers}
= (what's|what is) the (largest|biggest|maximum) of {numbers}

maths|standard deviation;spread of values|
slots numbers! decimals? >value
Standard deviation of numbers
- (calculate|compute|find) the standard deviation of {numbers}
= (what is|what's) the standard deviation of {numbers}

maths|round number;rounding|
slots number:long_number! decimals! >value
Round a number
- round {number} to {decimals} (decimals|decimal places|digits)
= {number} rounded to {decimals} (decimals|decimal places|digits)
= what is {number} (rounded to|with) {decimals} (decimals|digits)

maths|solve quadratic;quadratic equation|
slots a:coef_a! b:coef_b! c:coef_c! >value
Roots of a quadratic equation
- solve the quadratic equation with a {a}, b {b} and c {c}
- (find|compute) the roots for a = {a}, b = {b}, c = {c}
= which x solves a quadratic with coefficients {a}, {b} and {c}

geometry|triangle area;area of triangle|triangle
slots base:side_a! height:side_b! >value
Area of a triangle from base and height
- (calculate|compute|find) the area of a triangle with (a |)base (of |){base} and (a |)height (of |){height}
= (what is|what's) the area of a triangle with base {base} and height {height}

geometry|rectangle perimeter;around rectangle|rectangle
slots width:side_a! length:side_b! >value
Perimeter of a rectangle
- (calculate|compute|find) the perimeter of a rectangle (with sides |of ){width} (and|by) {length}
= how long is the fence around {width} by {length}
= (what is|what's) the perimeter of a {width} by {length} rectangle

geometry|distance points;distance between coordinates|
slots start:start_point! end:end_point! >distance_km
Distance between two points on the map
- (calculate|measure|compute) the distance (between {start} and {end}|from {start} to {end})
= how far is it from {start} to {end}

geography|city distance;distance between cities|
slots origin! destination! transport? >distance_km
Distance between two cities
- (calculate|tell me|find|measure) the distance (between {origin} and {destination}|from {origin} to {destination})
= how far is it from {origin} to {destination}
= how far is {destination} from {origin}
= how many (kilometers|miles) (is it |are there |)(from|between) {origin} (to|and) {destination}

geography|country info;capital of country|
slots country! fact:country_fact? >city
Facts about a country
- (tell me|give me|look up) (facts|something) about {country}
- (tell me|look up) the {fact} of {country}
= (what's|what is) the {fact} of {country}
= {country} {fact}

geography|geocode;coordinates of place|
slots address! >coordinates
Coordinates of an address
- (find|get|look up) the (coordinates|gps position) of {address}
= (what are|give me) the coordinates of {address}
= where exactly is {address}

units|convert volume;volume converter|
slots value! from_volume! to_volume! >value
Convert a volume between units
- convert {value} {from_volume} (to|into) {to_volume}
= how (many|much) {to_volume} (is|are|in) {value} {from_volume}
= {value} {from_volume} (in|to) {to_volume}

units|convert data size;bytes converter|
slots value! from_data! to_data! >value
Convert a data size between units
- convert {value} {from_data} (to|into) {to_data}
= how (many|much) {to_data} (is|are|in) {value} {from_data}

language|detect language;which language|
slots text:message! >language
Language of a text
- (detect|find out|identify) the language of {text}
= (which|what) language is {text}
= in (which|what) language is {text}( written|)

language|synonyms;find synonyms|
slots word:adjective_word! limit?
Words that mean the same
- (find|give me|list) (synonyms|other words) for {word}
= what is another word for {word}
= synonyms of {word}

language|sentiment;analyze mood of text|
slots text:message! >value
Whether a text sounds positive or negative
- (analyze|check|classify) the (sentiment|mood|tone) of {text}
= (does|is) {text} (sound positive|positive or negative)

knowledge|ask encyclopedia;wiki search;look up topic|
slots topic! language? limit_words?
Article of an encyclopedia about a topic
- (tell me|explain) (something |more |)about {topic}
- look {topic} up in the encyclopedia
= what (is|are) {topic}
= who or what is {topic}

web|web search;search internet|
slots query! limit? language? when?
Search the web
- (google|search the web for|search the internet for|search online for) {query}
= what does the internet say about {query}

web|fetch page;download page|
slots url! file_format? timeout?
Get the content of a web page
- (fetch|get|load|open) [the page ]{url}
= what is (on|at) {url}
= show me {url}

web|monitor site;watch website|
slots url! interval! email?
Watch a web page for changes
- (watch|monitor) {url}< every {interval}>
- (tell|warn) me when {url} changes
= is {url} changing? check every {interval}

web|http request;call api|
slots http_method:http_method! url! body:message? timeout?
Send an HTTP request
- send a {http_method} request to {url}
- (make|do) a {http_method} (request |)(to|on) {url}
= {http_method} {url}

web|generate qr code;qr|
slots url! color? px:pixels?
Make a QR code for a link
- (make|generate|create) a qr code (for|of|with) {url}
= I need a qr code for {url}
= qr code {url}

security|generate password;random password|password
slots password_length:password_length! symbols:flag_symbols?
Make a random password
- (generate|make|create|give me) a (random |strong |new |)password (of|with) {password_length} characters
= I need a (random |strong |new |)password with {password_length} characters

security|check password leak;breach check|password
slots email! 
Whether an address was part of a data leak
- (check|see) (if|whether) {email} was (leaked|hacked|in a data leak)
= was {email} (leaked|hacked|part of a breach)
= am I hacked, my address is {email}

security|report phishing;flag suspicious mail|phishing report
slots sender_mail:email! reason?
Report a suspicious email
- (report|flag) (the mail|the email|a mail) from {sender_mail} as (phishing|spam|suspicious)
= I got a (strange|suspicious|weird) (mail|email) from {sender_mail}
= {sender_mail} sends (spam|phishing)

devops|create server;launch instance;provision vm|server,virtual machine
slots host_name:new_host! memory_gb! disk_gb? cloud_region:cloud_region? os_image:os_image?
Create a virtual machine
- (create|launch|provision|spin up) (a |)(server|vm|machine|instance) (called|named) {host_name}
= (I need|we need) a (new |)(server|vm|machine) (called|named) {host_name}

devops|server metrics;get cpu usage;health of host|server
slots host! metric! duration? >value
A metric of a server
- (show|check|get|tell me) the {metric} (of|on) {host}
= (what's|what is|how is) the {metric} (of|on) {host}
= {metric} {host}

devops|backup database;dump database|database,backup
slots host! target_path? compress?
Back up a database
- (back up|dump|save) (the database on |the database ){host}
= {host} has no (recent |)backup
= (we need|I want) a backup of {host}

devops|create alert;alert on metric|alert rule,metric alert
slots metric! threshold! host? email?
Warn when a metric crosses a threshold
- (create|set up|add) an alert (for|on) {metric}< (of|on) {host}>
- (alert|warn|tell) me when {metric}< (of|on) {host}> (exceeds|is over|goes above|rises above) {threshold}
= if {metric}< (of|on) {host}> is (above|over) {threshold}, (warn me|I want to know)

devops|schedule job;add cron job|cron job
slots path! time! frequency!
Run a script regularly
- (run|start|execute) {path} {frequency} at {time}
- (schedule|set up) {path} (to run |){frequency}< at {time}>
= {path} should run {frequency} at {time}

devops|open port;allow traffic|firewall rule
slots port! host! ip?
Open a port in the firewall
- (open|allow) port {port} on {host}
= port {port} (on|of) {host} is (closed|blocked), open it
= {host} must be reachable on port {port}

devops|renew certificate;ssl renewal|certificate
slots domain_name:domain_name! days_valid:days?
Renew the TLS certificate of a domain
- (renew|replace) the certificate (of|for) {domain_name}
= the certificate (of|for) {domain_name} (expires soon|has expired|is invalid)

code|merge pull request;merge branch|pull request,branch
slots pr_number:pr_number! repo! squash:flag_squash?
Merge a pull request
- merge (pull request|PR) {pr_number} (in|of) {repo}
= (pull request|PR) {pr_number} (in|of) {repo} (is|looks) (good|ready|approved)
= {repo} PR {pr_number} can be merged

code|run tests;start test suite|
slots repo! branch? test_filter:test_filter?
Run the tests of a repository
- (run|start) the tests (of|in|for) {repo}< on {branch}>
- test {repo}< on {branch}>
= do the tests (of|in) {repo} pass< on {branch}>

code|list commits;commit history|
slots repo! author? start_date? limit? >sha
Commits of a repository
- (list|show me|get) the (commits|history) (of|in) {repo}
= who (changed|committed to) {repo}
= what (was committed|changed) (in|to) {repo}
= what did {author} commit to {repo}

code|revert commit;undo commit|
slots sha! repo!
Undo a commit
- (revert|undo) (commit |){sha} in {repo}
= {sha} broke {repo}
= {sha} was a mistake, take it out of {repo}

files|copy file;duplicate file|
slots path! target_path!
Copy a file or folder
- copy {path} to {target_path}
- (put|make) a copy of {path} (in|at|to) {target_path}
= I (want|need) a copy of {path} in {target_path}

files|delete file;remove file|file
slots path! force?
Delete a file
- (delete|remove|erase) {path}
= {path} (can go|is garbage|is not needed any more)
= I don't need {path}( any more|)

files|list folder;show directory|folder
slots path! recursive? sort? >file
Files in a folder
- (list|show) (me |)(the files in |all files in |what is in ){path}
= what (is|files are) in {path}
= which files does {path} (have|contain)

files|read file;show file content|file
slots path! lines?
Show the content of a file
- (read|print|show|open|display) (the file |me the file |the content of the file ){path}
= what does the file {path} (say|contain)

files|share file;send file link|shared link
slots path! to_email! permission? expiry?
Share a file with someone
- share {path} with {to_email}
- (give|send) {to_email} (access to|a link to) {path}
= {to_email} (needs|wants|should see) {path}

files|search replace;replace text|
slots old_text:quoted_word! new_text:quoted_word2! path! 
Replace a text in a file
- replace {old_text} (with|by) {new_text} in {path}
- change {old_text} to {new_text} in {path}
= {path} says {old_text}, it (should|must) be {new_text}

photos|search photos;find pictures|photo
slots topic! date? city? person? >file
Find photos by what they show
- (find|show me|search) (my |)(photos|pictures|images) of {topic}
= (where are|do I have) (my |)(photos|pictures) of {topic}
= pictures of {topic}

photos|take photo;camera shot|photo
slots camera_side:camera_side? delay? flash:flag_flash?
Take a picture with the camera
- take a (photo|picture|selfie)
- (shoot|snap) a (photo|picture)
= say cheese
= (photo|picture|selfie) time

photos|generate image;draw picture|image
slots prompt:topic! image_style:image_style? size?
Draw an image of something
- (draw|paint|generate|create|make) (a picture|an image|a painting) of {prompt}
= I (want|need|would like) (a picture|an image|a painting) of {prompt}

hr|find employee;search staff;look up colleague|employee
slots department? job? city? full_name? >full_name >email
Find employees
- (find|search|look up|show me|list) (employees|colleagues|people|staff)
= who works as a {job}< in {city}>
= who works in {department}< in {city}>
= (who is|is there) a {job} in {department}

hr|leave balance;remaining vacation|leave request
slots employee! year? >days
Days of vacation that an employee has left
- (check|tell me|show me) how many (vacation days|days off) {employee} has( left|)
= how many (vacation days|days off|holidays) does {employee} have( left|)
= how much vacation (is left for|does) {employee}[ have]

hr|log hours;record working time;timesheet entry|timesheet
slots work_hours:work_hours! project_name:repo! date? note?
Record hours worked on a project
- (log|record|book|enter) {work_hours} hours (on|for) {project_name}
= I (worked|spent) {work_hours} hours on {project_name}
= {work_hours} hours on {project_name}

hr|post job;publish vacancy|job opening
slots job! department? city? employment? salary?
Publish a job opening
- (post|publish|advertise) a (job|position|vacancy) (for|as) a {job}
= we (need|are looking for|want to hire) a {job}
= (new|there is a new) (vacancy|job): {job}

hr|schedule interview;invite candidate|interview
slots full_name! job! datetime! online?
Plan a job interview
- (schedule|plan|set up|arrange) an interview with {full_name}< for the {job} position>
- (invite|ask) {full_name} (for|to) an interview< as a {job}>
= {full_name} (applied|wants to work) as a {job}, let's have an interview

crm|create lead;add prospect;new lead|lead
slots company! contact_name:full_name! phone? email? source_of:channel?
Record a sales lead
- (add|create|record) {company} as a (new |)lead
- (create|add) a lead for {company}
= {contact_name} (from|of) {company} (is interested|called|wants an offer)
= new lead: {company}

crm|update deal;move deal;deal stage|deal
slots deal_name:company! stage:deal_stage! amount?
Move a deal to another stage
- (move|set|put) the {deal_name} deal (to|into) {stage}
- (mark|set) the deal with {deal_name} [as ]{stage}
= the {deal_name} deal is (now |){stage}
= we (have|are at) {stage} with {deal_name}

crm|log call;record call|sales call
slots customer! call_minutes:duration? outcome:note?
Record a phone call with a customer
- (log|record|note) a call with {customer}
= I (called|talked to|spoke with|just called) {customer}

legal|book notary;notary date|notary appointment
slots full_name! date! reason?
Book an appointment at the notary
- (book|get|make) (a notary appointment|an appointment at the notary) for {full_name}< on {date}>
= {full_name} needs (a notary|to see the notary)< on {date}>

government|renew passport;apply passport|passport
slots full_name! birthday! express:flag_express?
Apply for a new passport
- (renew|apply for|order) (the |a )passport (of|for) {full_name}
= the passport of {full_name} (expires|has expired|is lost)
= {full_name} needs a new passport

government|report pothole;report street damage|street repair
slots address! kind_of_damage:damage_kind! photo_file:file?
Report a damage in the street
- report a {kind_of_damage} at {address}
= there is a {kind_of_damage} at {address}
= {kind_of_damage} at {address}

government|pay fine;parking fine|fine
slots fine_number:id! payment?
Pay a fine
- pay (the|my) (fine|parking ticket) {fine_number}
= I got a (fine|parking ticket), number {fine_number}
= (fine|parking ticket) {fine_number}, I want to pay it

waste|pickup date;trash calendar|waste pickup
slots bin_kind:waste_kind! address? >date
When a kind of waste is collected
- (tell me|check|look up) when the {bin_kind} (bin|waste|trash) is (collected|picked up)
= when (is|do they collect|do they pick up) the {bin_kind} (bin|waste|trash|collected)
= {bin_kind} (bin|waste) pickup

farming|log harvest;record yield|harvest
slots plant! yield_kg:grams! field_name:id?
Record a harvest
- (log|record|note) (a harvest of |){yield_kg} kilos of {plant}
= we (harvested|picked|brought in) {yield_kg} kilos of {plant}
= {yield_kg} kilos of {plant} today

farming|order seeds;buy seed|seed order
slots plant! grams! supplier?
Order seeds
- (order|buy) {grams} (kilos|kg) of {plant} seeds
- (order|buy|get) seeds for {plant}
= we need seeds for {plant}
= (no more|we are out of) {plant} seeds

pets|book vet;vet appointment|vet visit
slots pet! date! reason? animal?
Book a visit at the vet
- (book|make|get) (a vet appointment|an appointment at the vet|a vet visit) for {pet}< on {date}>
- take {pet} to the vet< on {date}>
= {pet} (is sick|limps|needs a vaccination|has to see the vet)
= vet for {pet}< on {date}>

pets|find pet sitter;book dog walker|pet sitter,dog walk
slots city! animal! start_date? end_date? >full_name >price
Find someone who looks after a pet
- (find|look for|book) (a sitter|someone) for my {animal} in {city}
= who can (watch|feed|look after|walk) my {animal} in {city}
= I'm away and need a sitter for my {animal} in {city}

games|start game;new game|game
slots game_name:game_name! skill? players:player_count?
Start a game
- (start|play|open) [a game of ]{game_name}
= (let's play|I want to play|how about a game of) {game_name}
= {game_name} against you

games|roll dice;throw dice|dice roll
slots dice_count:dice_count! sides:dice_sides?
Roll dice
- (roll|throw) {dice_count} (dice|dices)
= {dice_count} dice[ please]
= I need a roll of {dice_count} dice

games|set score;record points|high score
slots player:person! points:points!
Give a player points
- (give|award) {player} {points} points
- add {points} points (to|for) {player}
= {player} (scored|got|made|has won) {points} points
= {points} points for {player}

sports|team schedule;next match;fixtures|fixture,match
slots team! sport? limit? >opponent >date
Next matches of a team
- (show|check|tell me|list) the next (match|game|matches|games) of the {team}
= when do the {team} play( again| next|)
= who do the {team} play (next|against)
= next {team} (game|match)

sports|player stats;statistics of player|player
slots player:full_name! year? sport? >points
Statistics of a player
- (show|get|look up|tell me) the (stats|statistics|numbers) of {player}
= how (many points|well) did {player} (score|play)< in {year}>
= {player} stats

news|subscribe topic;follow topic;news alert|topic alert
slots topic! frequency? email?
Get news about a topic regularly
- (follow|subscribe to)( the topic|) {topic}
- keep me (up to date|informed|posted) (about|on) {topic}
= I want to hear about {topic} {frequency}

education|create quiz;make test questions|quiz
slots subject_area! questions_count:questions_count! difficulty? language?
Make a quiz about a school subject
- (make|create|generate|write) a {subject_area} quiz with {questions_count} questions
- (test|quiz) me (on|in) {subject_area}< with {questions_count} questions>
= I need {questions_count} {subject_area} questions
= {questions_count} questions about {subject_area}

education|submit homework;hand in assignment|homework,assignment
slots student! course! file! note?
Hand in an assignment
- (submit|hand in|upload) {file} for {course}
- (submit|hand in) {student}'s homework for {course}
= {student} (finished|has done) the {course} homework
= here is {student}'s {course} homework

education|find tutor;search teacher|tutor
slots subject_area! city? max_price? online? >full_name >price
Find a tutor for a subject
- (find|look for|get) [me ]a tutor for {subject_area}< in {city}>
= I need help with {subject_area}, (find|get) me a tutor
= who (can teach me|teaches) {subject_area}< in {city}>

library|renew loan;extend book|library loan
slots book! days?
Keep a borrowed book longer
- (renew|extend) (my loan of|the loan of) {book}
= I need {book} (for longer|a bit longer)
= I'm not done with {book} yet, (renew|extend) it

library|search catalog;find books by author|book
slots author? topic? language? year? >book >author
Search the library catalog
- (search|check|browse) the (catalog|library)( for books|)
- (find|look for) books< by {author}>< about {topic}>
= (what|which) books (did {author} write|are there by {author})
= (any|are there) books about {topic}

events|create event page;organize party|party
slots event_title:title! date! venue! guests?
Set up an event with an invitation page
- (organize|set up|plan) (a party|an event) (called|named) {event_title}
= we are (having|throwing) a party (called|named) {event_title}

events|rsvp;confirm attendance;answer invitation|invitation
slots event_title:title! answer:rsvp! guests?
Answer an invitation
- (say|answer|reply) {answer} to {event_title}
- (rsvp|respond) {answer} for {event_title}
= my answer to {event_title} is {answer}
= {event_title}: {answer}

weather|weather alerts;storm warning|weather alert
slots region! severity:severity_level? >message
Weather warnings of a region
- (check|show me|get|list) the (weather warnings|storm warnings|alerts) (for|in) {region}
= (are there|any) (warnings|storm warnings|weather alerts) (for|in) {region}
= is a storm coming to {region}

weather|historical weather;past weather|climate record
slots city! date! >temperature
Weather of a past day
- (look up|check|tell me) how the weather was in {city}< on {date}>
= how (warm|cold|was the weather|wet) was it in {city} on {date}
= did it (rain|snow) in {city} on {date}

astronomy|moon phase;phase of moon|
slots date! 
Phase of the moon on a day
- (tell me|check|look up) the (moon phase|phase of the moon) (on|for) {date}
= is it full moon on {date}
= (what's|what is) the moon like on {date}

delivery|track parcel;shipment tracking|parcel,shipment
slots tracking! email? >city >date
Where a parcel is
- (track|trace|locate) (my |the |)(parcel|package|shipment) {tracking}
= where is (my |the |)(parcel|package|shipment) {tracking}
= (when does|has) (my |the |)(parcel|package) {tracking} (arrive|arrived)

delivery|schedule pickup;request collection|pickup
slots address! date! weight? 
Have a parcel picked up
- (schedule|order|book|request) a pickup (at|from) {address}< on {date}>
- (pick up|collect|fetch) a (parcel|package|box) (at|from) {address}< on {date}>
= I have a (parcel|package|box) to be picked up at {address}

delivery|calculate postage;shipping cost|freight quote
slots weight! country! shipping? >price
Price of sending a parcel
- (calculate|check|tell me) the (postage|shipping cost) (to|for) {country}
= (how much is|what does it cost to send) a parcel< of {weight}> to {country}
= how much is the postage to {country}

realestate|schedule visit;book viewing|house viewing,viewing
slots property_address:address! date! time? full_name?
Plan a visit to a home
- (schedule|book|arrange|plan) a (visit|viewing|tour) (at|of) {property_address}< on {date}>
= I (want|would like|'d like) to (see|visit|view) {property_address}< on {date}>
= (can I|when can I) (see|visit) {property_address}< on {date}>

realestate|estimate value;property value|valuation
slots address! area_m2! year? >price
What a property is worth
- (estimate|calculate|appraise) the value of {address}
= (what|how much) is {address} worth
= how much could I sell {address} for

cars|find gas station;cheapest fuel|gas station
slots city! fuel? radius_km? >address >price
Gas stations in a city
- (find|show me|look for) (a gas station|the cheapest gas station|gas) in {city}
= where can I (fill up|get gas|refuel) in {city}
= I'm (low on gas|out of fuel) in {city}

cars|find charger;charging stations|charging station
slots city! power? radius_km? >address
Charging stations for electric cars
- (find|show me|look for) (a charger|a charging station|chargers) in {city}
= where can I charge (my|the) car in {city}
= (my|the) (car battery|battery of the car) is low and I'm in {city}

cars|lock car;unlock vehicle|car
slots plate! lock_state:lock_state!
Lock or unlock a car
- {lock_state} (the|my) car {plate}
= (the|my) car {plate} should be {lock_state}ed

cars|log refuel;record fuel|fuel log
slots liters:liters! price:money_plain? plate?
Record a refuelling
- (log|record|note) {liters} liters( of fuel|)
= I (filled up|tanked|got) {liters} liters

cars|buy car;find cars for sale|car
slots vehicle_make:brand? max_price? fuel? year? city? >vehicle >price
Cars for sale
- (find|search|show me|look for) (a used car|used cars|cars for sale)
= I (want|'d like|need) to buy a (used |)car
= (any|are there) (used |)cars for sale

travel|visa requirements;need visa|visa application
slots nationality:nationality! country! days?
Whether a traveler needs a visa
- (check|tell me|find out) (if|whether) a {nationality} citizen needs a visa for {country}
= do I need a visa for {country} with a {nationality} passport
= (visa for {country} as a {nationality}|does a {nationality} need a visa for {country})

travel|pack list;packing list|
slots city! days! season?
What to pack for a trip
- (make|write|give me) a packing list for {city}
= what (should|do) I (pack|take) for {days} days in {city}
= I'm going to {city} for {days} days, what should I (pack|take along)

travel|currency rate;get exchange rate|exchange order
slots from_currency! to_currency! date? >value
Exchange rate between two currencies
- (check|get|tell me|look up) the (exchange |)rate (from|of) {from_currency} to {to_currency}
= (what's|what is) the (exchange |)rate (from|of) {from_currency} to {to_currency}
= {from_currency} to {to_currency} rate

travel|report lost luggage;missing bag|luggage claim
slots flight_number:flight_code! color? description_of_bag:plain_bag! phone?
Report lost luggage
- report a lost {description_of_bag} (on|from) flight {flight_number}
= my {description_of_bag} (did not arrive|is missing|got lost) on flight {flight_number}
= I lost a {description_of_bag} on {flight_number}

insurance|get quote;insurance price|insurance quote
slots insured_thing:insured_thing! zip! age? >price
Price of an insurance
- (get|calculate|give me) (a quote|the price) for {insured_thing} insurance
= (how much is|what does) {insured_thing} insurance[ cost]
= I need {insured_thing} insurance

survey|submit feedback;send feedback|feedback form
slots rating! message? product?
Send feedback
- (send|give|leave|submit) (some |)feedback
- (tell|let) the team [know ]what I think
= I want to (complain|say something|give feedback)

survey|create poll;make poll|poll
slots poll_question:poll_question! options:list_options! anonymous?
Start a poll with options
- (create|start|make) a poll {poll_question} with {options}
- (ask|poll) the team {poll_question} with {options}
= let them vote: {poll_question} {options}

notes|search notes;find note|note
slots query! tag? limit? >title
Search the own notes
- (search|check|look through) my notes for {query}
- find (my|the) note about {query}
= what did I (write|note) about {query}
= did I (write|note) (something|anything) about {query}

tasks|complete task;mark done;finish todo|task,to-do item
slots task! date?
Mark a task as done
- (mark|check off|tick off)( the task|) {task}( as done|)
= I (already |)did it: {task}
= done: {task}

tasks|list tasks;show todos|task,to-do item
slots due? priority? tag? >task >due
Show open tasks
- (list|show me|read|tell me) (my|the|all my) (open |)(tasks|to-dos)
= what (do I have|is left) to do< by {due}>
= what's on my to-do list

lights|strobe;party lights|
slots color! color_two:color_second! duration!
Let the lights change between two colors
- (flash|blink) the lights in {color} and {color_two}
- (make|let) the lights switch between {color} and {color_two}
= party lights in {color} and {color_two}

manufacturing|log defect;report defect|defect report
slots machine_number:serial! defect_text:description! severity:severity_level?
Record a defect of a machine
- (log|report|record) a defect (on|of|at) (machine |){machine_number}
= (machine |){machine_number} (has a defect|is broken)

manufacturing|start machine;run production|machine,batch
slots machine_number:serial! product! quantity!
Start a production run
- (produce|make|manufacture) {quantity} {product} on {machine_number}
- (start|run) machine {machine_number} for {quantity} {product}
= we need {quantity} {product} from machine {machine_number}

science|log measurement;record value|
slots sample_number:id! measured:value! unit_text:science_unit!
Record a measurement of a sample
- (log|record|note) {measured} {unit_text} for sample {sample_number}
= sample {sample_number} (shows|gave|measured|has) {measured} {unit_text}
= {measured} {unit_text} for sample {sample_number}

science|search papers;find research|research paper
slots topic! author? year? limit? >title >author
Find scientific papers
- (find|search for|look for) (papers|research papers|studies) (about|on) {topic}
= what (research|papers|studies) (exists|is there|are there) (about|on) {topic}
= who (studies|researches) {topic}
"""

SERVICE_ROLES = """
flight_code|code_shape:LLddd/LLdddd/LdLddd/LL dddd|flight;flight_number;flight_no;number|flight number|Number of the flight;Flight number|flight ~;on flight ~|
small_line|code_shape:dd/d/ddd/Ld/Ldd|line;line_number;route|line|Line of the bus or train;Which line|on line ~;line ~|
episode_number|int:1:300|episode;episode_number;number|episode|Number of the episode;Which episode|episode ~|
playback_speed|pick:slow/normal/fast/double speed|speed;rate;tempo|speed|How fast;Reading speed|at ~ speed;speed ~|
tv_channel|int:1:120|channel;channel_number;number|channel|Number of the channel;Channel|channel ~|
dish_program|enum:eco=saving,quick=short/fast,intensive=strong,glass=glasses|program;mode;cycle|program|Wash program;Program|with the ~ program;on ~|
wash_program|enum:cotton,wool,delicates=delicate,synthetics=synthetic,quick=short|program;cycle;mode|program|Wash program;Kind of laundry|with the ~ program|
wash_temperature|degrees:20:90|temperature;temp;degrees|temperature|Water temperature|at ~|
spin_speed|plain:400:1600|spin;spin_speed;rpm|spin speed|Turns per minute;Spin speed|with ~ rpm;with a spin speed of ~|
fan_speed|enum:off,low=slow/level one,medium=level two,high=fast/full speed|speed;level;fan_speed|speed|How fast;Level of the fan|at ~ speed;on ~|
slack_channel|code_shape:#lllll/#llllll-ll/#lll/#llll-llll|channel;channel_name;room|channel|Channel to post in;Name of the channel|in the channel ~|
presence|enum:available=online/free,busy=occupied,away=out,do not disturb=not to be disturbed|status;presence;state|status|What others see;Status|with status ~|
plain_template|pick:letter/invoice/resume/meeting notes/report/flyer/contract/agenda|template;template_name;based_on|template|Template to use|with the ~ template;based on the template ~|
tier|enum:second level=level two/L2,third level=level three/L3,manager=management|level;tier;to_level|level|Who takes over;Support level|to ~;to the ~|
mfa_method|enum:app=authenticator app,sms=text message,hardware key=security key,email=mail|method;factor;second_factor|method|Kind of the second factor;Method|using ~;via ~;with ~ as the method|
printer_name|code_shape:PRN-dd/LLL-PRINT-d/HP-dddd/printer-ll-dd|printer;printer_name;queue|printer|Name of the printer;Which printer|the printer ~|
grams|int:5:900|grams;weight;amount;kilos|amount|Amount by weight;Weight|with ~ of it|
water_ml|int:100:1500|amount;ml;milliliters;volume|amount|Amount in milliliters|with ~ ml|
plain_weight|int:40:140|weight;weight_kg;mass;kg|weight|Body weight in kilograms|with a weight of ~ kg;weighing ~ kg|
plain_height|int:140:205|height;height_cm;cm;size|height|Body height in centimeters|with a height of ~ cm;who is ~ cm tall|
loan_months|int:6:360|months;term;term_months;duration|months|Number of months;Term in months|over ~ months;for ~ months|
term_years|int:1:40|years;term;num_years|years|Number of years|over ~ years;for ~ years|
tax_percent|percent|rate;tax_rate;percent|tax rate|Tax rate in percent|at a tax rate of ~;with ~ tax|
plain_int|plain:2:9999|n;number;value;num|number|The number;A whole number|with the number ~|
plain_int2|plain:2:9999|b;second;other;m|second number|The second number;Another whole number|with the second number ~|
long_number|number:0:500|number;value;x|number|Number to round;The number|of the number ~|
coef_a|int:1:12|a;coefficient_a;quadratic|a|Coefficient of x squared;Coefficient a|with a = ~|
coef_b|int:-20:20|b;coefficient_b;linear|b|Coefficient of x;Coefficient b|with b = ~|
coef_c|int:-30:30|c;coefficient_c;constant|c|Constant term;Coefficient c|with c = ~|
country_fact|enum:capital,population=number of people,area=size,language,currency=money|fact;property;attribute;field|fact|Which fact;What to tell|with the fact ~|
from_volume|unit:volume|from_unit;source_unit;from|source unit|Unit of the given volume|from ~|
to_volume|unit:volume|to_unit;target_unit;to|target unit|Unit of the result|to ~;into ~|
from_data|unit:data|from_unit;source_unit;from|source unit|Unit of the given size|from ~|
to_data|unit:data|to_unit;target_unit;to|target unit|Unit of the result|to ~;into ~|
http_method|enum:GET,POST,PUT,DELETE,PATCH|method;verb;http_method|method|HTTP method|with the method ~|
pixels|int:64:1200|size;pixels;width|size|Width in pixels|with ~ pixels|
password_length|int:6:40|length;chars;characters|length|Number of characters;Length of the password|with ~ characters|
flag_symbols|bool|symbols;special_characters;use_symbols|symbols|Whether to use special characters;Include symbols|with symbols;with special characters|without symbols;no special characters
flag_squash|bool|squash;squash_commits|squash|Whether to make one commit of it;Squash the commits|squashed;as one commit|without squashing
flag_flash|bool|flash;use_flash|flash|Whether to use the flash;Flash|with flash;flash on|without flash;no flash
flag_express|bool|express;fast_track;urgent|express|Whether it is needed fast;Express service|with express service;express|no express;without express service
new_host|code_shape:lll-dd/llll-srv-d/vm-llll-dd|name;hostname;host;instance_name|name|Name of the new machine;Host name|named ~;called ~|
cloud_region|enum:eu-west,eu-north,us-east,us-west,ap-south|region;zone;datacenter|region|Data center;Region|in the region ~;in ~|
os_image|enum:ubuntu,debian,fedora,alpine,windows|image;os;operating_system|operating system|Operating system|with ~ on it;running ~|
domain_name|domain|domain;domain_name;host;site|domain|Name of the domain;Domain|for the domain ~|
pr_number|plain:1:4000|pr;number;pull_request;pr_number|number|Number of the pull request|number ~|
test_filter|code_shape:test_llll/test_lll_lll/llllll|filter;pattern;only;test_name|filter|Only tests with this name;Test filter|only ~;with the filter ~|
quoted_word|quoted|old;find;search;old_text|old text|Text to look for;Old text|with the old text ~|
quoted_word2|quoted|new;replace;replacement;new_text|new text|Text to put there;Replacement|with the new text ~|
camera_side|enum:front=selfie,back=rear|camera;side;lens|camera|Which camera|with the ~ camera|
image_style|enum:photo=realistic,oil painting=painted in oil,watercolor,sketch=drawing,comic=cartoon|style;look;art_style|style|Style of the picture|in the style ~;as a ~|
work_hours|number:0:12|hours;time_spent;amount;duration_h|hours|Number of hours;Hours worked|with ~ hours|
deal_stage|enum:new=open,qualified,proposal=offer sent,negotiation=negotiating,won=closed won,lost=closed lost|stage;status;phase|stage|Where the deal stands;Stage|in the stage ~|
damage_kind|pick:pothole/broken lamp/fallen tree/broken bench/graffiti/blocked drain/missing sign/water leak|kind;type;problem;category|kind of damage|What is damaged;Kind of damage|because of a ~|
waste_kind|enum:paper,glass,plastic,organic=bio/compost,residual=general,electronic=e-waste|kind;type;bin;waste_type|waste type|Kind of waste|for the ~ bin|
game_name|pick:chess/checkers/hangman/tic tac toe/blackjack/poker/memory/sudoku/solitaire/backgammon/trivia/battleship/go/ludo/twenty questions/scrabble|game;game_name;title;name|game|Name of the game;Which game|the game ~|
player_count|int:1:8|players;num_players;number_of_players|players|Number of players|with ~ players;for ~ players|
dice_count|int:1:10|dice;count;n;number|dice|Number of dice;How many dice|with ~ dice|
dice_sides|int:4:20|sides;faces;max|sides|Sides of each die;Number of faces|with ~ sides|
points|int:1:500|points;score;amount|points|Number of points|with ~ points|
questions_count|int:3:40|questions;count;num_questions;n|questions|Number of questions|with ~ questions|
rsvp|enum:yes=I'm coming/we will be there,no=I can't come,maybe=perhaps|answer;response;reply;rsvp|answer|Answer to the invitation|with ~|
lock_state|enum:lock,unlock|action;command;lock|action|What to do|with the action ~|
liters|number:5:80|liters;amount;volume;litres|liters|Amount of fuel in liters|with ~ liters|
money_plain|money:120|price;cost;total;paid|price|What it cost;Price|for ~;at a price of ~|
nationality|pick:German/French/Indian/Brazilian/Kenyan/Japanese/Turkish/Polish/Mexican/Canadian/Egyptian/Swedish/Thai/Irish/Greek/Chilean/Korean/Spanish/Dutch/Finnish|nationality;citizenship;passport;citizen_of|nationality|Nationality of the traveler;Passport of the traveler|with ~ nationality|
plain_bag|pick:suitcase/backpack/stroller/guitar case/sports bag/golf bag/handbag/ski bag/carton|item;bag;luggage;description|item|What was lost;Kind of bag|the item ~|
insured_thing|enum:car=vehicle,home=house,travel=trip,bike=bicycle,pet,dental=teeth|type;product;insurance_type;kind|insurance type|What is insured;Kind of insurance|for my ~|
poll_question|quoted|question;title;poll;text|question|The question;What to ask|with the question ~|
list_options|list:any_word|options;choices;answers|options|Possible answers;Options to vote on|with the options ~|
color_second|colors|second_color;color2;other_color;color_b|second color|The second color|and ~ as the second color|
science_unit|pick:mg/l/ppm/kPa/lux/mol/mV/microgram/volts/pascal/decibel/ph|unit;units;measured_in|unit|Unit of the value;Unit|in ~;in the unit ~|
start_point|coordinates|start;from;origin;point_a|start point|Start as latitude and longitude;Start point|from ~|
end_point|coordinates|end;to;target;point_b|end point|End as latitude and longitude;End point|to ~|
skip_count|int:1:9|count;tracks;how_many;n|count|How many songs to skip|~ times;by ~|
"""
