# ruff: noqa: E501
"""Everyday tools, written by hand: the requests people really make, in more phrasings than an action and a noun
would give.

A block is: "domain | names; ... | nouns it covers", "slots role! role? key:role ... >result role", descriptions, then
requests: "-" starts with a verb, "=" is any other sentence. `$role` is a plain span of the user's words. Patterns are
those of `grammar`.
"""

EVERYDAY_TABLE = """
home|set brightness;dim light;adjust lamp|lamp,light
slots device! room? brightness!
Set the brightness of a lamp; Dim or brighten a light; Change how bright a light is
- (set|put|change) the {device}< in the {room}> to {brightness}
- (dim|brighten|turn up|turn down) the {device}< in the {room}> to {brightness}
= the {device}< in the {room}> should be at {brightness}
= {device} at {brightness}[ please]

home|switch device;turn on off;set power|smart plug,fan,heater
slots device! switch! room?
Switch a device on or off; Turn something on or off; Control the power of a device
- (turn|switch) {switch} the {device}< in the {room}>
- (turn|switch) the {device}< in the {room}> {switch}
= {device} {switch}[ please]
= I want the {device}< in the {room}> {switch}

home|set temperature;adjust thermostat;heat room|thermostat,heater,radiator
slots room! temperature! when?
Set the target temperature of a room; Heat or cool a room to a temperature; Change the thermostat
- (set|change|put|adjust) the (temperature|heating|thermostat) in the {room} to {temperature}
- (heat|warm|cool) the {room} (up |down |)to {temperature}
- make (it|the {room}) {temperature}< in the {room}>
= it (should|has to) be {temperature} in the {room}
= {room} (at|to) {temperature}

home|lock door;secure door|door lock,garage door
slots door!
Lock a door; Lock one of the doors of the house
- lock the {door}
= (is|was) the {door} left open? lock it
= the {door} should be locked

home|open blinds;move blinds;set blinds|blind,curtain
slots room! position!
Move the blinds of a room to a position; Open or close the blinds, 100 is fully open
- (set|move|put|open|lower) the blinds in the {room} to {position}
= blinds in the {room} (at|to) {position}
= I want the {room} blinds at {position}

home|start vacuum;clean floor;vacuum room|vacuum robot
slots room! clean_mode? repeat_flag?
Send the robot to clean a room; Vacuum a room; Start cleaning the floor of a room
- (vacuum|hoover) the {room}
- (clean|sweep) the floor (in|of) the {room}
- send the (robot|vacuum) to the {room}
= the {room} floor is (dirty|dusty|full of crumbs)
= there are crumbs (in|all over) the {room}

home|water plants;start sprinkler;irrigate|sprinkler,irrigation cycle
slots delay? duration? plant?
Water the plants; Start the irrigation; Turn on the sprinkler, now or later
- water (my|the|our) (plants|garden|lawn)
- (start|run) the (sprinkler|irrigation)
= (my|the) plants need water
= the lawn (is dry|needs water)

home|set scene;activate scene;apply mood|scene
slots scene:scenes!
Activate a scene; Switch the house to a scene such as movie night
- (set|activate|start) the {scene} scene
- (switch|change) (the house |everything )to {scene}( mode|)
= it's {scene} time
= {scene} scene[ please]

home|arm alarm;set alarm system|alarm system
slots arm_mode! pin?
Arm the alarm system; Switch on the burglar alarm in a mode
- arm the (alarm|alarm system|house) in {arm_mode} mode
- (set|switch) the alarm to {arm_mode}( mode|)
= alarm to {arm_mode}[ please]

home|read sensor;get sensor value;room climate|motion sensor
slots room! measure_of:metric_climate! >temperature
Read a sensor in a room; Current value that a sensor measures
- (check|read|tell me|show|get) the {measure_of} in the {room}
= (what is|what's) the {measure_of} in the {room}
= how (high|low) is the {measure_of} in the {room}
= {measure_of} {room}

clock|set timer;start countdown|timer
slots duration! timer_label:name?
Start a timer; Count down a duration and ring
- (set|start) (a timer|a countdown|the timer)[ for me] for {duration}
- (wake|call|ping) me (in|after) {duration}
= timer {duration}
= {duration} timer[ please]

clock|set alarm;wake up call|alarm
slots time! weekday? note?
Set an alarm clock; Wake the user at a time
- (set|make) an alarm (for|at) {time}< on {weekday}>
- wake me[ up] at {time}< on {weekday}>
= alarm (at|for) {time}
= I (need|have) to get up at {time}< on {weekday}>

clock|world clock;get time;time in city|
slots city! >time
Current time in a city; What time it is somewhere
- (tell me|give me|check) the (time|current time|local time) in {city}
= what time is it in {city}
= what's the (local |current )time in {city}
= {city} time

clock|add reminder;remind me;create reminder|reminder
slots task! when:time! date?
Remind the user of something; Create a reminder with a time
- remind me at {when}< on {date}> to {task}
- remind me to {task} at {when}< on {date}>
- (set|add|create) a reminder (for|at) {when}< on {date}> to {task}
= I (need|have|must not forget) to {task} at {when}< on {date}>

weather|get weather;weather forecast;check weather|forecast,weather alert
slots city! date? units? >temperature >humidity
Weather forecast for a city; Get the weather of a place; Current conditions and forecast
- (check|tell me|show me|get|look up) the (weather|forecast|weather forecast) (in|for) {city}< (on|for) {date}>
= (what's|what is|how is|how's) the weather[ like] in {city}< on {date}>
= (what's|how is) the weather going to be[ like]< on {date}> in {city}
= will it (rain|snow|be sunny|be windy|be cold|be warm)< on {date}> in {city}
= do I need (an umbrella|a coat|sunscreen|a jacket)< on {date}> in {city}
= weather {city}
= {city} weather[ please]

weather|get air quality;pollution level|air quality report,pollen report
slots city! pollutant? >humidity
Air quality in a city; How clean the air is
- (check|tell me|get) the (air quality|pollution|smog level) in {city}
= how (clean|dirty|bad|good) is the air in {city}
= is it safe to (run|jog|be) outside in {city}

weather|sun times;get sunrise;sunset time|sunrise time
slots city! date? >time
Sunrise and sunset for a city; When the sun rises and sets
- (tell me|look up) (when the sun (rises|sets)|the time of (sunrise|sunset)) in {city}< on {date}>
= when (does the sun (rise|set|come up|go down)|is (sunrise|sunset)) in {city}< on {date}>
= (sunrise|sunset) {city}

weather|forecast|weather,forecast
slots $city? $country? $state:region? $timeRange:when? $condition:condition_word? >temperature
Weather for a place and time; Get the weather forecast
- (check|tell me|show|give me) the (weather|forecast)[ forecast]< for {timeRange}>< in {city}>
= what (is|will) the weather (like|be|be like)< {timeRange}>< in {city}>< in {country}>
= (will|is) it (going to |)be {condition}< {timeRange}>< in {city}>< in {state}>
= how's the weather< in {city}>< {state}>< {timeRange}>
= (weather|forecast) (for|in) {city}< {state}>< {timeRange}>
= (weather|forecast) {city}< {country}>< {timeRange}>
= is there going to be [a ]{condition}< in {city}>< {timeRange}>
= what's the forecast< for {timeRange}>< in {state}>

music|play music|song,album,artist,radio station
slots $artist? $track:song? $album? $genre? $service? $playlist? $year:decade? $item:music_item?
Play music; Start playing a song, album or artist
- (play|put on|start) {track} by {artist}< on {service}>
- (play|put on|listen to|hear) [some ]{genre}( music|)< on {service}>
- (play|put on) [the ]{item} {track}< by {artist}>< on {service}>
- (play|put on) [a|an|some|the|any ]{item} by {artist}< from [the ]{year}>< on {service}>
- (play|open) [my |the ]{playlist} playlist< on {service}>
- play something by {artist}< from [the ]{year}>< (on|using|via) {service}>
- play {genre}< by {artist}>< from [the ]{year}>
- play [the ]{item} {album}< by {artist}>< on {service}>
- play me {track}< on {service}>
= I (want|would like|'d like) to (hear|listen to) {track}< by {artist}>< on {service}>
= (let's hear|how about) [some ]{genre}< on {service}>
= I'm in the mood for {artist}< on {service}>
= {track} by {artist}[ please]

music|add to playlist|playlist
slots $item:music_item? $artist? $entity:song? $playlist? $owner:owner_word?
Add a song or artist to a playlist; Put music on one of the user's playlists
- add {entity}< by {artist}> to {owner} {playlist} playlist
- add {entity} to [the ]{playlist}[ playlist]
- (add|put) [this|the|that|a ]{item}< by {artist}> (to|on|in|into) {owner} {playlist} playlist
- (add|put|include) {artist} (to|on|in) {owner} playlist {playlist}
- (add|put) [this|that ]{artist} {item} (to|in|into) {owner} {playlist}[ playlist| list]
- (add|put|save) {entity} (to|in|onto) {owner} (playlist|list) (called|named|titled) {playlist}
= {owner} {playlist} playlist needs {entity}[ too]
= I want {entity}< by {artist}> (in|on) {owner} {playlist} playlist

restaurant|book restaurant|table reservation,restaurant
slots $restaurant? $city? $state:region? $cuisine? $party_size:people_text? $time:when? $spot:spot_type? $facility:facility_word? $dish?
Book a table at a restaurant; Reserve a place to eat
- (book|reserve|get|find) [me ](a table|a spot|seats|a reservation)< at {restaurant}>< for {party_size}>< in {city}>< {time}>
- (book|reserve) [a |me a ]{spot}< for {party_size}>< in {city}>< {state}>< (for|at) {time}>
- (make|get|set up) [me ]a reservation< for {party_size}>< at [a |the ]{spot}>< (that serves|serving) {dish}>< in {city}>
- (book|find) [a ]{cuisine} {spot}< for {party_size}>< in {city}>
- book [a ]{spot} with [a ]{facility}< for {party_size}>< in {city}>< for {time}>
= I (want|'d like|need) to (eat|go|dine) at {restaurant}< with {party_size}>< {time}>
= (we|I) (need|want) a table for {party_size}< at [a ]{spot}>< in {city}>< {state}>
= table for {party_size}< in {city}>< {time}>
= I want (to eat |to have |){dish} at [a ]{spot}< in {city}>
= (we are|party of) {party_size}, (any|a) {cuisine} {spot} in {city}

films|screenings|screening
slots $film:movie? $cinema:venue? $kind:film_word? $time:when? $near:near_word? >time
When and where films are shown; Movie schedules
- (find|show|list|get|give me) [the |me the ]{kind}< at {cinema}>< {near}>
- (find|check|see|show) (when|what time|where) {film} is (playing|shown|on)< at {cinema}>
= (is|when is) {film} (playing|on|showing)< at {cinema}>< {time}>
= what (time|films) (is|are) {film} playing< {near}>
= (which|what) {kind} (are|is) (playing|showing|on)< at {cinema}>< {near}>< {time}>
= {kind}< at {cinema}>< {near}>

books|rate book|book,book review
slots $title:book? $score:score_text? $best:best_text? $unit:rating_unit? $which:which_word? $kind:book_word?
Rate a book; Give a book points or stars
- (rate|give) {title} {score}< {unit}>< out of {best}>
- (rate|give) {which} {kind} {score}< {unit}>< out of {best}>
- (rate|give) {which} {kind} [a rating of |a ]{score}< {unit}>< out of {best}>
- give {score} {unit} to {title}
- (mark|score) {title} [with ]{score} out of {best}
= {title} (deserves|gets|should get|is worth) {score}< {unit}>< out of {best}>
= I (would |'d |)(give|rate) {which} {kind} {score}< {unit}>< out of {best}>
= {score}< {unit}>< out of {best}> for {title}

media|find work;search creative work|
slots $name:title? $type:work_word?
Find a creative work such as a book, song, show or game; Look up a work by its name
- (find|look for|search for|get|show me|look up) [the |a ]{type} (called|named|titled|with the name) {name}
- (find|look for|search for|show me|play) {name}
- (find|get|show me|look up) [the ]{name} {type}
- (find|get) [me ][the |a ]{type} {name}
= (where can I|can I|how can I) (find|get|watch|see|buy) [the ]{type} {name}
= (I'm|I am) looking for [the |a ]{type} (called|named|) {name}
= I (need|want|would like) [the ]{name} {type}
= (is there|do you know) a {type} called {name}

restaurant|find restaurant;search restaurants|restaurant
slots city! cuisine? price_level? open:outdoor? live_music? min_rating? >restaurant >phone
Find restaurants in a city; Search for places to eat by kind of food
- (find|search|look for|suggest|show me) [a |some |good ]{cuisine} (restaurant|food|place|places to eat|restaurants) in {city}
- (find|suggest) (a restaurant|a place to eat|somewhere to eat|restaurants) in {city}
= (I'm|we are) (hungry|starving)[ and in the mood for {cuisine}], (anything|any ideas|what is there) in {city}
= where can (I|we) (eat|get|have) [good ]{cuisine}( food|) in {city}
= (any|are there) good {cuisine} (places|restaurants) in {city}

restaurant|reserve table;book table;make reservation|table reservation
slots restaurant! guests! time! date? city?
Reserve a table at a restaurant; Book a table
- (book|reserve) a table< for {guests} (people|persons|guests|)> at {restaurant}< in {city}>< on {date}>< at {time}>
- (make|get) [me ]a reservation at {restaurant}< for {guests}( people|)>< at {time}>
= (we|I) (need|want|'d like) a table at {restaurant}< for {guests}( people|)>< on {date}>< at {time}>
= table for {guests} at {restaurant}< at {time}>[ please]

food|order food;place order;order meal|food order,takeaway
slots restaurant! food_items! address? instructions?
Order food from a restaurant; Place a delivery order
- order {food_items} (from|at) {restaurant}
- (get|send) (me|us) {food_items} from {restaurant}
= (I'd like|we want|can I get|I'll have|I'll take) {food_items} from {restaurant}

food|order coffee;make coffee;brew drink|coffee order
slots drink! size? sugar? milk? quantity?
Order a hot drink; Make a coffee; Brew a drink
- (make|order|get|brew|fix) [me ][a ]{drink}
= (I'd like|I want|can I (have|get)|I'll have) [a ]{drink}
= one {drink}[ please]

food|find recipe;search recipes|recipe
slots dish? ingredients? excluded? diet? time_limit:duration? >title
Find recipes by dish or ingredients; Search for something to cook
- (find|show me|search for|look up) a recipe< for {dish}>
- (find|suggest) something to cook
= (what can I|how do I|what should I) (cook|make)< with {ingredients}>
= how (do I|do you) (make|cook|prepare) {dish}
= (I have|there is|we have got) {ingredients} (in the fridge|at home|left), (any ideas|what can I cook)

shopping|add to cart;put in basket|cart item
slots product! quantity? size? color?
Put a product into the shopping cart; Add an item to the basket
- (add|put) {quantity} {product} (to|in|into) (my|the) (cart|basket|shopping cart)
- (add|put) [a|the|some ]{product} (to|in|into) (my|the) (cart|basket|shopping cart)
= {product} (into|in) the (cart|basket)[ please]
= I'll take [a|the ]{product}, put it in my (cart|basket)

shopping|add to list;update shopping list|grocery list,shopping list
slots items! list_name:tag?
Add things to the shopping list; Write items on a list
- (add|put|write) {items} (to|on) (my|the|our) (shopping list|grocery list|list)
= we (need|are out of|ran out of) {items}
= {items} (on|for) the (shopping list|list)[ please]
= don't let me forget to buy {items}

shopping|track order;order status;where is my order|order,parcel
slots order_id! email? >order_status >date
Status of an order; Find out where an order is
- (track|check|check on|find|look up) (my|the) (order|package|parcel) {order_id}
= where is (my|the) (order|package|parcel)[ number] {order_id}
= (when will|has) (my |)order {order_id} (arrive|been sent|shipped)
= (what's|what is) (up with|the status of|happening with) order {order_id}

shopping|return item;start return|return label,return shipment
slots order_id! product? reason? refund_to:payment?
Send back an order; Start a return
- (return|send back) (my |)order {order_id}
- (return|send back) the {product} from order {order_id}
= I (want|need|would like) to (return|send back) (order|the things from order) {order_id}
= (the|my) order {order_id} (is not what I expected|doesn't fit), (take it back|I want to return it)

shopping|search products;find product;product search|product
slots query! max_price? brand? color? sort? limit? >product >price
Search the shop; Find products by text and filters
- (find|search for|look for|show me) {query}
= (I'm|I am) looking for {query}
= do you (have|sell) {query}
= {query}

travel|search flights;find flights;flight search|flight
slots origin! destination! departure! return_date? passengers? cabin? direct? >airline >price
Search for flights between two cities; Find flights
- (find|search|show me|look for|check) [a |cheap |the ](flight|flights) from {origin} to {destination}< on {departure}>
- (find|get) me a flight to {destination} from {origin}< on {departure}>
= (I need|I want|we need|I'd like) (to fly|a flight|flights) from {origin} to {destination}< on {departure}>
= (are there|any) flights from {origin} to {destination}< on {departure}>
= flights {origin} to {destination}
= how do I get from {origin} to {destination} by plane

travel|find airport flights;flights by code|
slots from_airport! to_airport! date! max_price? airline?  >airline >price
Flights between two airports given by code
- (find|search|check|list) flights from {from_airport} to {to_airport}
= (what|any) flights (go|leave) from {from_airport} to {to_airport}< on {date}>
= {from_airport} to {to_airport}[ flights]

travel|book hotel;reserve hotel;reserve room|hotel,guest room
slots city! start_date! nights! guests? breakfast? room_type? >confirmation
Book a hotel room in a city; Reserve a hotel
- (book|reserve|get) [me ](a hotel|a hotel room|a room) in {city}< from {start_date}>< for {nights} nights>
- (book|find) me somewhere to stay in {city}< for {nights} nights>
= (I|we) need (a hotel|a room|a place to stay|somewhere to sleep) in {city}< for {nights} nights>
= {nights} nights in {city}
= (I'm|we're) (staying|going) in {city} for {nights} nights, (book us a hotel|get a room)

travel|search hotels;find hotel;find accommodation|hotel
slots city! max_price? min_rating? wifi? pets? parking? >name >price
Find hotels in a city; Search for accommodation
- (find|search|look for|show me|suggest) (a hotel|hotels|accommodation) in {city}
= (are there|any) (good |cheap |nice |)hotels in {city}
= where can (I|we) (stay|sleep) in {city}
= (I need|looking for) (a hotel|accommodation) in {city}

travel|find bus;search buses;bus connections|bus ride
slots origin! destination! departure! passengers? >time >price
Find a bus between two cities; Bus connections
- (find|look for|show me) a bus from {origin} to {destination}
= (is there|when is there|I need) a bus from {origin} to {destination}< on {departure}>
= bus {origin} to {destination}
= which buses go from {origin} to {destination}< on {departure}>

travel|buy train ticket;book train|train ticket
slots origin! destination! departure! time? passengers? cabin?
Buy a train ticket; Book a train
- (book|buy|get) [me ]a train( ticket|) from {origin} to {destination}< on {departure}>
= (I need|I want|we need) (a train|train tickets) from {origin} to {destination}< on {departure}>
= train from {origin} to {destination}

travel|find attractions;sights in city;things to do|place,point of interest
slots city! attraction? free? kids_ok? >name
Sights and things to do in a city; Find attractions
- (find|show me|suggest|list) (attractions|sights|things to do|something to do) in {city}
= what (can I|can we|is there to|should I) (do|see|visit) in {city}
= (what's|what is) worth (seeing|a visit) in {city}
= I'm (in|visiting) {city}, (what should I see|what is there to do)

transport|get ride;call taxi;order cab|ride,taxi
slots dropoff! pickup? ride_type? passengers? time?
Order a ride; Call a taxi to a place
- (get|call|order|book) [me ](a taxi|a cab|a ride|a car)< from {pickup}> to {dropoff}
= (I need|we need|can I get) (a ride|a cab|a taxi|to get)< from {pickup}> to {dropoff}
= (taxi|cab) to {dropoff}[ please]
= (take|bring|drive) me to {dropoff}< from {pickup}>

transport|get directions;find route;navigate|route,route plan
slots start:from_place? goal:to_place! transport? avoid_tolls? >distance_km >duration
Directions to a place; Find the way between two places
- (show me|give me|find|tell me) (the way|directions|the route|the best route)< from {start}> to {goal}
- navigate[ me]< from {start}> to {goal}
= how do I get< from {start}> to {goal}
= (what's|which is) the (best|fastest|shortest) way< from {start}> to {goal}
= (take me|I have to get)< from {start}> to {goal}

transport|find parking;parking near|parking lot,parking spot
slots near:venue! duration? max_price? >address
Find a parking space near a place
- (find|look for|show me) (parking|a parking space|somewhere to park) near {near}
= where can I park near {near}
= parking near {near}
= (I need|is there) a parking space near {near}

transport|rent car;book rental car|car rental
slots city! start_date! end_date! car_type? insurance?
Rent a car in a city; Book a rental car
- (rent|book|get|hire) [me ](a car|a rental car) in {city}< from {start_date}>< (to|until) {end_date}>
= (I|we) need a (car|rental car) in {city}< from {start_date}>< (to|until) {end_date}>
= rental car {city}

banking|transfer money;send money;make payment|transfer
slots amount! recipient! account_type? note? currency?
Send money to someone; Transfer an amount to a person
- (send|transfer|pay|wire) {amount} to {recipient}< from my {account_type} account>
- (send|pay|transfer) {recipient} {amount}< from my {account_type} account>
- make a (transfer|payment) of {amount} to {recipient}
= I (owe|have to pay|need to send) {recipient} {amount}
= {amount} to {recipient}[ please]

banking|check balance;get balance|bank account
slots account_type! >amount
Balance of an account; How much money is in an account
- (check|show me|tell me|get) the balance (of|in|on) my {account_type} account
- (check|show|tell me) my {account_type}( account|) balance
= how much (money |)(do I have|is there|is left) (in|on) my {account_type} account
= (what's|what is) (the balance of my {account_type} account|my {account_type} balance)
= {account_type} balance

banking|convert currency;exchange rate;currency converter|exchange order
slots amount:plain_amount! from_currency! to_currency! >amount
Convert an amount between currencies; Currency conversion
- (convert|change|exchange) {amount} {from_currency} (to|into|in) {to_currency}
= how (much|many) (is|are) {amount} {from_currency} in {to_currency}
= (what is|what's|what are) {amount} {from_currency} (in|worth in) {to_currency}
= {amount} {from_currency} to {to_currency}
= how many {to_currency} (do I get|will I get) for {amount} {from_currency}

banking|block card;freeze card|card
slots card:account_last! reason? 
Block a bank card; Freeze a card so that nobody can pay with it
- (block|freeze|lock) (my|the) card ending in {card}
= (I lost|someone stole|I can't find) my card ending in {card}
= my card ending in {card} (was stolen|is gone), (block|freeze) it

investing|stock price;get quote;share price|stock
slots stock! currency? >price
Current price of a share; Get a stock quote
- (check|get|show me|tell me|look up) the (price|stock price|share price|quote) (of|for) {stock}
= how (much is|is) {stock} (doing|trading|worth)[ today|now]
= (what's|what is) {stock} (at|trading at|worth)
= {stock} (price|quote|stock)

investing|buy stock;purchase shares|market order
slots stock! shares! limit_price:max_price?
Buy shares of a stock
- buy {shares} (shares|stocks|units) of {stock}
- (get|purchase) [me ]{shares} {stock} shares
= I (want|would like|'d like) {shares} shares of {stock}

calendar|create event;add event;schedule meeting|event,meeting,appointment
slots event_name! date! start_time? duration? venue? attendees?
Put an event into the calendar; Create an appointment; Schedule a meeting
- (add|put|create|schedule|enter) {event_name} (in|to|on|into) my calendar< on {date}>< at {start_time}>
- (schedule|plan|set up) {event_name} (for|on) {date}< at {start_time}>
= I have {event_name} on {date}< at {start_time}>, (put it in|add it to) my calendar
= {event_name} on {date}< at {start_time}>[ please]

calendar|list events;show calendar;get events|agenda
slots date! >event_name >time
Events of a day; Show what is in the calendar
- (show|tell me|list|check) (my |the )(calendar|agenda|events|appointments|meetings) (for|on) {date}
= what (is|do I have|have I got) (on|in) my calendar (on|for) {date}
= (do I have|have I got|is there) (anything|something) (planned|on)( on|) {date}
= (am I|are we) free on {date}

calendar|find slot;free time;check availability|time slot
slots person! duration! date? >time
Find a free slot in someone's calendar
- (find|look for) a (free |)(slot|time) (with|for) {person}
- (check|see) when {person} (has time|is free|is available)
= when (is|does) {person} (free|have time|available)
= does {person} have time

messaging|send message;text someone;message contact|message,text message
slots recipient! message! service_app:chat_app?
Send a text message to a contact; Message someone
- (tell|text|message) {recipient} (that |){message}
- (send|write) {recipient} a (message|text)[ saying] {message}
- (send|write) a (message|text) to {recipient}: {message}
- let {recipient} know[ that] {message}

messaging|send email;compose mail;write email|email,mail
slots to_email! title! message? cc? high:urgent_flag?
Send an email; Write and send a mail to an address
- (send|write) (an email|a mail|an e-mail) to {to_email}
- (email|mail) {to_email}
= {to_email} (needs|should get|gets) an email

messaging|search emails;find mail|email
slots from_person:sender? query? date? unread? attachments? limit? >title
Search the mailbox; Find emails by sender or text
- (find|search|show me|look for|get) (emails|mails|my emails|messages)
= (did I get|are there|do I have) any (emails|mails)
= what (emails|mails) (do I have|came in)

messaging|call contact;make call;phone someone|video call
slots recipient! phone_kind? 
Call a contact by phone
- (call|phone|ring|dial) {recipient}
- (give|make) {recipient} a (call|ring)
= I (need|want|have) to (talk to|speak to|speak with|call) {recipient}
= get {recipient} on the (phone|line)

language|translate text;translate|translation
slots text:message! to_language! from_language?
Translate a text into another language
- translate {text} (to|into) {to_language}
- (say|write) {text} in {to_language}
= how do (you|I) say {text} in {to_language}
= what is {text} in {to_language}
= {text} in {to_language}[ please]

language|define word;look up word;dictionary|
slots word:adjective_word! language? >topic
Meaning of a word; Look a word up in the dictionary
- (define|look up|explain) [the word ]{word}
= what (does {word} mean|is the meaning of {word}|is the definition of {word})
= (meaning|definition) of {word}

language|spell check;check spelling;proofread|
slots text:message! language?
Check the spelling of a text; Find mistakes in a sentence
- (check|proofread|correct) (the spelling of |this sentence: |this: ){text}
= is {text} (spelled correctly|correct|without mistakes)
= are there mistakes in {text}

maths|add numbers;sum numbers;calculate sum|
slots numbers! >value
Sum of numbers; Add numbers up
- (add|sum)[ up]( the numbers|) {numbers}
= (what is|what's) the sum of {numbers}
= (total|sum) of {numbers}

maths|average;calculate mean;mean value|
slots numbers! decimals? >value
Average of numbers; Arithmetic mean
- (calculate|find|compute|get) the (average|mean) of {numbers}
= (what is|what's) the (average|mean) of {numbers}
= (average|mean) of {numbers}

maths|sort numbers;order values|
slots numbers! order? >value
Sort a list of numbers
- (sort|order|arrange) [the numbers |the values |]{numbers}
= {numbers}, (sorted|in order)

maths|multiply;product of two numbers|
slots first_number! second_number! >value
Multiply two numbers; Product of two numbers
- multiply {first_number} (by|with|and) {second_number}
= (what is|what's|how much is) {first_number} times {second_number}
= {first_number} (times|x|*) {second_number}
= the product of {first_number} and {second_number}

maths|divide;quotient|
slots first_number! second_number! >value
Divide one number by another
- divide {first_number} by {second_number}
= (what is|what's|how much is) {first_number} divided by {second_number}
= {first_number} (divided by|over) {second_number}

maths|power;exponentiate|
slots base:first_number! exponent:small_int! >value
Raise a number to a power
- raise {base} to the power of {exponent}
- (calculate|compute) {base} to the power of {exponent}
= (what is|what's) {base} to the power of {exponent}
= {base} to the {exponent}th power

maths|percentage of;calculate percent|
slots percent:tip! value! >value
Percentage of a value
- (calculate|compute|find) {percent} of {value}
= (what is|what's|how much is) {percent} of {value}

maths|random number;roll random|
slots range:price_range! quantity? >value
Random number in a range
- (give me|pick|generate|draw) a random number {range}
= random number {range}
= I need a random number {range}

geometry|rectangle area;area of rectangle|rectangle
slots width:side_a! length:side_b! >value
Area of a rectangle from its sides
- (calculate|compute|find) the area of a rectangle (that is |with sides |){width} (by|and|x) {length}
= (what is|what's) the area of a {width} by {length} rectangle
= (how big|how large) is a rectangle of {width} by {length}

geometry|circle area;area of circle|circle
slots radius! >value
Area of a circle from its radius
- (calculate|compute|find) the area of a circle with (a |)radius (of |){radius}
= (what is|what's) the area of a circle (with|of) radius {radius}
= circle with radius {radius}, (what's its area|how large is it)

geometry|sphere volume;volume of ball|sphere
slots radius! >value
Volume of a sphere
- (calculate|compute|find) the volume of a (sphere|ball) with (a |)radius (of |){radius}
= (what is|what's) the volume of a (sphere|ball) (with|of) radius {radius}

units|convert length;length converter|
slots value! from_unit! to_unit! >value
Convert a length from one unit to another
- convert {value} {from_unit} (to|into) {to_unit}
= how (many|much) {to_unit} (is|are|in) {value} {from_unit}
= (what is|what's) {value} {from_unit} in {to_unit}
= {value} {from_unit} (in|to) {to_unit}

units|convert weight;mass converter|
slots value! from_mass! to_mass! >value
Convert a weight between units
- convert {value} {from_mass} (to|into) {to_mass}
= how (many|much) {to_mass} (is|are|in) {value} {from_mass}
= {value} {from_mass} (in|to) {to_mass}

units|convert temperature;temperature converter|
slots value:degree_number! from_scale:units! to_scale:units2! >value
Convert a temperature between scales
- convert {value} degrees {from_scale} (to|into) {to_scale}
= (what is|what's|how much is) {value} degrees {from_scale} in {to_scale}
= {value} {from_scale} in {to_scale}

help desk|create ticket;open ticket;report problem|ticket,incident,support case,service request
slots subject! priority? machine? email? department?
Open a support ticket; Report a problem to the help desk; Create a help desk ticket
- (open|create|file|log|raise) a [new |support |help desk ]ticket
- report a problem
= (I have|there is|we have) a problem
= something does not work here

help desk|reset password;new password|password
slots user_name! notify? temporary:force?
Reset the password of a user
- reset the password (of|for) {user_name}
- (give|send) {user_name} a new password
= {user_name} (forgot|has forgotten|lost) (the|their|his|her) password
= {user_name} (can't|cannot) (log in|sign in), (the password is wrong|wrong password)
= password reset for {user_name}

help desk|unlock account;unblock user|user account
slots user_name!
Unlock a user account; Let a locked-out user log in again
- (unlock|unblock) (the account of|the account|user) {user_name}
= {user_name} is locked out
= the account {user_name} is (locked|blocked)
= {user_name} (entered|typed) the wrong password too often and is locked out

help desk|grant access;give permission;add rights|access card
slots user_name! software! permission?
Give a user access to an application
- (give|grant) {user_name} access to {software}
- (give|grant) {user_name} {permission} (access|rights) to {software}
= {user_name} needs (access to|to get into|to work with) {software}
= {user_name} needs {permission} access to {software}

help desk|revoke access;remove rights|
slots user_name! software!
Take away a user's access to an application
- (revoke|remove|take away|withdraw) {user_name}'s access to {software}
- (revoke|remove|withdraw) the access of {user_name} to {software}
= {user_name} (should not|must not|should no longer) (have access to|use) {software}( any more|)

help desk|install software;deploy software|software package
slots software! host! version?
Install a program on a computer
- (install|put|set up) {software}< version {version}> on {host}
= {host} needs {software}
= {software} (is missing|should be installed) on {host}

help desk|service status;check outage;is it down|outage
slots software! >job_status
Whether a service is up; Check for an outage
- (check|tell me|see) (if|whether) {software} is (down|up|running|working|available)
= is {software} (down|up|running|working|available|ok)( right now| today|)
= (is there|are there) (an outage|problems|issues) (of|with) {software}
= {software} (seems to be|looks) (down|slow)

help desk|order hardware;request equipment|laptop,monitor
slots machine! quantity? employee? reason?
Order hardware for an employee; Request equipment
- (order|request) [a |a new ]{machine}
= (I need|we need|I'd like) [a new |another |a ]{machine}
= my {machine} is too old, I need a new one

help desk|search knowledge;find article;search help|knowledge article
slots query! limit? >title
Search the knowledge base for an article
- (search|check|look in) the (knowledge base|help pages|docs|FAQ) for {query}
- (find|look for) an article (about|on) {query}
= is there an article (about|on) {query}
= how do I find help (about|on|with) {query}
= what does the (knowledge base|FAQ) say about {query}

devops|deploy service;roll out;ship release|deployment,release
slots host! version! environment! force?
Deploy a version of a service to an environment
- (deploy|roll out|ship|release) {host} {version} (to|on|in) {environment}
- (deploy|push) version {version} of {host} to {environment}
= {host} {version} (should|has to) go to {environment}
= (get|bring) {version} of {host} (into|onto) {environment}

devops|scale service;set replicas;resize|cluster
slots host! replicas!
Change the number of instances of a service
- scale {host} (up |down |)to {replicas}( replicas| instances|)
- run {replicas} (instances|replicas|copies) of {host}
= {host} needs {replicas} (replicas|instances)
= (we need|I want) {replicas} (replicas|instances) of {host}

devops|get logs;show log;tail log|log stream
slots host! lines? log_level? since:delay? >message
Show the last log lines of a service
- (show|get|tail|print|fetch) [me ]the (logs|log) (of|for|from) {host}
= what (do|does) the (logs|log) of {host} say
= logs {host}

devops|restart service;bounce service|server
slots host! environment? delay?
Restart a service or server
- (restart|reboot|bounce) {host}< in {environment}>
= {host} (hangs|is stuck|does not respond|is frozen), (restart|reboot) it
= {host} needs a (restart|reboot)

devops|rollback;revert deployment|
slots host! version? environment?
Go back to an earlier version of a service
- (roll back|revert) {host}< to {version}>< in {environment}>
= the new (release|version) of {host} is broken, (go back|roll back)< to {version}>
= {host} (should|must) go back< to {version}>

code|create branch;new branch|branch
slots name:branch! base:base_branch? repo!
Create a git branch in a repository
- (create|make|open|start) a (branch|new branch) (called|named) {name} in {repo}
- (create|make) [the ]branch {name} in {repo}
= (I need|we need) a (new |)branch {name} in {repo}

code|open issue;create issue;file bug|bug report,feature request
slots repo! title! description? tags? assignee?
Open an issue in a repository
- (open|create|file) an issue in {repo}
- (open|file) a bug (in|against|for) {repo}
= {repo} needs a new issue

files|move file;relocate file|
slots path! target_path! force?
Move a file or folder
- move {path} to {target_path}
= {path} (should|has to|must) (be in|go to|be moved to) {target_path}

files|find files;search files|file
slots query! folder? file_format? >path
Search files by text
- (find|search|look for) (files|documents|all files) (about|containing|mentioning) {query}
= (which|what) (files|documents) (contain|mention|are about) {query}
= where is the (file|document) about {query}

files|compress folder;make archive;zip folder|zip file
slots path! archive_format? encrypted?
Compress a file or folder
- (compress|zip|pack) {path}
- make an archive (of|from) {path}
= {path} is too large, (compress|zip) it

health|book appointment;make doctor appointment;schedule visit|doctor appointment
slots doctor! date! time? reason? patient?
Book an appointment with a doctor or stylist
- (book|make|get|schedule) [me ]an appointment (with|at) a {doctor}< on {date}>< at {time}>
= I (need|have) to see a {doctor}< on {date}>< at {time}>
= (can I see|I'd like to see|I need) a {doctor}< on {date}>
= {doctor} appointment< on {date}>[ please]

health|log symptom;record symptom|symptom report
slots symptom! severity_level? since_when:when?
Record a symptom
- (log|record|note|write down) (a|my) {symptom}
= I (have|got|am having) a [bad |terrible ]{symptom}< since {since_when}>
= my {symptom} is back

health|log meal;track food;record meal|meal log
slots dish! meal! calories?
Record what was eaten; Log a meal
- (log|record|note|track) {dish} (for|as) {meal}
= I (had|ate|just had) {dish} for {meal}
= {meal} was {dish}

health|order medicine;refill prescription|prescription
slots medicine! quantity? address?
Order more of a medicine; Refill a prescription
- (order|refill|get|reorder) [my |more |some ]{medicine}
= I (ran|am running) out of {medicine}
= (my|the) {medicine} is (almost |nearly |)(empty|gone|finished)

fitness|log workout;record training;add activity|workout
slots sport! duration! calories? distance_km?
Record a workout; Add a sports activity to the log
- (log|record|add|note) {duration} of {sport}
- (log|record) a {sport} (session|workout) of {duration}
= I (did|just did|finished) {duration} of {sport}
= {duration} of {sport} (today|this morning|done)

sports|get score;match result;live score|score,match
slots team! date? >rating
Result of a team's match
- (check|tell me|get|show me) the (score|result) of the {team}( game| match|)
= how did the {team} (do|play)< on {date}>
= (did the {team} win|what's the score of the {team} game)< on {date}>
= {team} (score|result)

news|get news;headlines;latest news|news article,headline feed
slots topic! country? limit? language? >title
Latest news about a topic
- (show me|get|read|give me|find) (the news|the latest news|headlines|news) (about|on) {topic}
= (what's|is there anything) new (about|on) {topic}
= (any|is there any) news (about|on) {topic}
= news (about|on) {topic}

education|enroll student;register for course|course
slots student! course! semester:season? 
Enroll a student in a course
- (enroll|register|sign up) {student} (for|in) ({course}|the {course} course|the {course} class)
= {student} (wants|would like) to (take|join|attend) ({course}|the {course} course|the {course} class)
= {student} (joins|takes) {course}

education|get grade;look up grade;exam result|grade
slots student! course! >rating
Grade of a student in a course
- (check|look up|show me|tell me) the grade of {student} in {course}
= (what|which) grade (did|does) {student} (get|have) in {course}
= how did {student} do in {course}

hr|request leave;apply for vacation;book absence|leave request
slots start_date! end_date! leave_type? reason?
Ask for days off; Request leave from one day to another
- (request|book|enter|apply for) (leave|time off|days off|an absence) from {start_date} (to|until|through) {end_date}
= I (need|want|'d like) to (be off|take time off|stay home) from {start_date} (to|until) {end_date}
= I will be (away|off|out) from {start_date} (to|until) {end_date}

hr|hire employee;add employee;onboard|employee
slots full_name! job! department! start_date? salary?
Add a new employee
- (hire|add|onboard) {full_name} as a {job} in {department}
= {full_name} (joins|starts) as a {job} in {department}
= we hired {full_name} as a {job} for {department}

real estate|find apartment;search homes;find flat|apartment
slots city! bedrooms? max_price? furnished? pets? >address >price
Find an apartment in a city; Search for a flat
- (find|search for|look for|show me) (an apartment|a flat|apartments|a place) in {city}
- find a {bedrooms} bedroom (apartment|flat|place) in {city}
= (I'm|we are) looking for (an apartment|a flat|a place)< with {bedrooms} bedrooms> in {city}
= I (want|need) to move to {city}, (find me a flat|I need an apartment)
= (any|are there) {bedrooms} bedroom (flats|apartments) in {city}

events|find events;search concerts;whats on|concert,festival
slots city! date? event_kind? >event_name >price
Find events in a city; What is on in a city
- (find|show me|look for|list) (events|concerts|something to do|things happening) in {city}< on {date}>
= (what's|what is) (on|happening|going on) in {city}< on {date}>
= (are there|any) (concerts|events|shows|games) in {city}< on {date}>

events|buy tickets;get event tickets|concert ticket,cinema ticket
slots event:title! tickets! date? seat? 
Buy tickets for an event, concert or film
- (buy|get|book|order) [me ]{tickets} tickets (for|to) {event}< on {date}>
= (I want|we want|I need|I'd like) {tickets} tickets (for|to) {event}< on {date}>
= {tickets} tickets (for|to) {event}[ please]

films|find movie;search movies;movie search|movie
slots film_genre! director? year? language? >title
Find movies by genre and director
- (find|suggest|recommend|show me|search for) a {film_genre} (movie|film)< directed by {director}>
- (find|show me) {film_genre} (movies|films)
= (I want|I'd like|we want) to (watch|see) a {film_genre} (movie|film)
= (any|are there) good {film_genre} (movies|films)

films|watch movie;play movie;start film|movie
slots title! subtitles? language? device?
Play a movie on a screen
- (play|start|watch|put on|show) [the (movie|film) ]{title}
= (I want|we want|I'd like) to (watch|see) {title}
= (let's watch|how about) {title}

library|borrow book;reserve book;request loan|library loan,library hold
slots book! author? full_name? 
Reserve a book in the library
- (reserve|borrow|request|get) [the book ]{book}< by {author}>
= (I'd like|I want) to (read|borrow) {book}< by {author}>
= is {book}< by {author}> available[, I'd like to borrow it]

pets|feed pet;give food|pet food order
slots pet! amount_g:quantity? time?
Feed a pet; Fill the food bowl
- (feed|give food to) {pet}
- fill {pet}'s bowl
= {pet} is hungry
= {pet} (hasn't eaten|needs food|wants to eat)

farming|start irrigation;water field|irrigation cycle,field
slots field:id! duration! 
Water a field for some time
- (water|irrigate) field {field}< for {duration}>
= field {field} is (dry|too dry)
= field {field} needs water< for {duration}>

energy|charge car;start charging|charging session
slots plate! target:position? finish:end_time?
Charge an electric car
- (charge|start charging) (the car|my car) {plate}
= (the car|my car) {plate} (needs charging|is empty|has to be charged)

cars|book service;car service appointment|vehicle inspection,oil change
slots plate! date! reason?
Book a garage appointment for a car
- (book|make|get) (a service|an inspection|a garage appointment) for (the car|my car) {plate}< on {date}>
= (my|the) car {plate} needs (a service|an inspection|an oil change)< on {date}>
= {plate} (has|needs) to go to the garage< on {date}>

delivery|send parcel;ship package;create shipment|parcel,shipment
slots address! weight! shipping? insurance?
Send a parcel to an address
- (send|ship) a (parcel|package|box)< of {weight}> to {address}
= (I have|there is) a (parcel|package)< of {weight}> (for|that goes to) {address}
= a (package|parcel)< of {weight}> to {address}[ please]

insurance|file claim;report damage|claim,damage report
slots policy:id! description! date? amount?
Report a damage to the insurance
- (file|report|submit) a (claim|damage) (for|under) (policy|contract) {policy}
= I want to (file a claim|report a damage) (for|under) policy {policy}
= something happened and my policy is {policy}

social|post status;publish post;share update|post
slots message! visibility? tags?
Publish a post
- post {message}
- (share|publish) (the post |an update: |){message}
= (new post|status update): {message}

photos|edit image;resize picture|image,photo
slots path! image_format? percent_size:position?
Resize or convert a picture
- (resize|convert|edit|scale) {path}
= {path} is too (big|large)
= {path} has the wrong (size|format)

notes|take note;write note;save memo|note
slots note! tag?
Save a note
- (note|write down|note down|save)[ that] {note}
- (take|make) a note[ saying]: {note}
= note to self: {note}
= new note: {note}

tasks|add task;create todo;new task|task,to-do item
slots task! due? priority? assignee?
Add a task to the to-do list
- (add|put) {task} (to|on) (my|the) (to-do list|task list|list)
= (new task|todo|to do): {task}
= {task} (goes|belongs) on my to-do list
= I (still |)have to {task}

cooking|set oven;preheat oven|oven
slots oven_temperature! duration? oven_mode?
Heat the oven
- (preheat|heat|set) the oven to {oven_temperature}
= the oven (should|has to) be (at|on) {oven_temperature}
= oven (at|to) {oven_temperature}

telecom|top up phone;add credit;recharge|phone plan
slots phone! amount!
Add credit to a phone number
- (top up|recharge) {phone} (with|by) {amount}
- (add|put) {amount} (to|on|onto) {phone}
= {phone} needs {amount} (of credit|more credit)

security|block ip;ban address|firewall rule
slots ip! reason? duration?
Block an IP address
- (block|ban) [the ip |the address |]{ip}
= {ip} is attacking us
= (stop|no more) traffic from {ip}

security|check url;scan link;is link safe|
slots url! >job_status
Check whether a link is dangerous
- (check|scan|test) [the link |the url |]{url}
= is {url} (safe|dangerous|ok|a phishing site)
= (someone|a friend) sent me {url}, (is it safe|can I open it)

web|take screenshot;capture page|screenshot
slots url! image_format? full:detailed?
Take a screenshot of a web page
- (take|make) a screenshot of {url}
- (capture|screenshot) {url}
= I need a (picture|screenshot) of {url}

web|shorten url;short link|shared link
slots url! alias:word_alias?
Make a short link
- (shorten|make a short link for) {url}
= {url} is too long, (shorten it|make it shorter)
= I need a short link for {url}

data|run query;execute sql|query
slots sql! database:host? limit?
Run an SQL query
- (run|execute) (the query |the sql |this query: |){sql}
= (what does|what is the result of) {sql}( return|)
= {sql}

data|plot chart;draw diagram;make graph|chart
slots metric! chart? start_date? end_date? color?
Draw a chart of a metric
- (plot|draw|chart|graph) [the ]{metric}
= I (want|need) [to see ]a chart of {metric}
= show me how {metric} developed
"""
