# ruff: noqa: E501
"""Roles: what an argument means, how programmers name and describe it, how users put it into a sentence.

In: a key such as "departure". Out: `Role`s. A line of the table is

    key | kind of value | names | labels (words for it) | descriptions | own forms | loose forms

`~` stands for the value. Own forms say by themselves which argument is meant; loose ones ("in ~") do so only where no
other argument of the tool takes the same kind of value. Of a flag, the fifth column says the forms that mean true,
the sixth those that mean false.
"""

from __future__ import annotations

from dataclasses import dataclass

from calltune.base.services import SERVICE_ROLES

TABLE = """
city|city|city;city_name;town;location;place;where|city;town|Name of the city;The city;City or town;Where to look|in the city of ~;in the town of ~|in ~;for ~;in ~;around ~
country|country|country;country_name;nation|country|Name of the country;The country;Country|in the country ~|in ~;for ~
region|region|region;state;province;area|region;state|State or region;Name of the region;The state|in the state of ~;in the region of ~|in ~
origin|city|origin;from_city;origin_city;departure_city;start;from_location;source;leaving_from|origin;departure city;starting point|(City|Place) (where the trip starts|to leave from);Origin of the trip;Where you leave from;Departure city|from ~;leaving from ~;departing from ~;starting in ~|
destination|city|destination;to_city;destination_city;arrival_city;to_location;target_city;dest;going_to|destination;arrival city|(City|Place) (to travel to|where the trip ends);Destination of the trip;Where to go;Arrival city|to ~;going to ~;heading to ~;with ~ as the destination|
from_airport|airport|origin_airport;from_airport;departure_airport;src|departure airport|IATA code of the departure airport;Airport to fly from, e.g. VIE|from ~;departing ~;out of ~|
to_airport|airport|destination_airport;to_airport;arrival_airport;dst|arrival airport|IATA code of the arrival airport;Airport to fly to, e.g. BRU|to ~;into ~;arriving at ~|
venue|place|venue;place;location;spot;site|venue;place;location|Name of the (venue|place);Where it takes place;The venue|at the venue ~|at ~;at ~
pickup|place|pickup;pickup_location;pick_up;start_point;from_place|pickup location;pick-up point|Where to be picked up;Pick-up point|from ~;picking me up at ~;with pickup at ~|
dropoff|place|dropoff;dropoff_location;drop_off;end_point;to_place|dropoff location;drop-off point|Where to be dropped off;Drop-off point|to ~;dropping off at ~;with drop-off at ~|
address|address|address;street_address;street;delivery_address;shipping_address;ship_to|address;street address|Street address;Full address;Address to (deliver|ship|go) to|to the address ~;address ~|to ~;at ~
address_object|address_object|address;postal_address;shipping_address;delivery|address|Postal address;The address as parts|at the address ~;address ~;to the address ~|to ~
coordinates|coordinates|coordinates;position;coords;gps;point|coordinates;position|Latitude and longitude;GPS position|at the coordinates ~;at ~;position ~|
zip|zip|zip;zip_code;postal_code;postcode|zip code;postal code|Postal code;ZIP code|with zip code ~;zip ~;in postal code ~|
room|rooms|room;room_name;area;where;zone|room;area|Room of the house;Name of the room;Which room|in the room ~|in the ~;for the ~;in the ~;of the ~
device|devices|device;device_name;appliance;target|device|Name of the device;The device;Which device|the device ~|for the ~;on the ~;of the ~
machine|machines|device;asset;equipment;hardware_item|device;equipment|Affected device;Piece of equipment;Kind of hardware|for the device ~|for the ~;on the ~
person|person|person;person_name;contact;who|person;contact|Name of the person;Who;The person|for the person ~|for ~
full_name|full_name|name;full_name;customer_name;guest_name;holder|name;full name|Full name;Name of the (customer|guest|person);First and last name|in the name of ~;under the name ~;named ~;for a person called ~|for ~
customer|person|customer;customer_name;client;client_name;buyer;account_holder|customer;client|The customer;Name of the (customer|client);Who buys|for customer ~;for the client ~;for our customer ~|for ~
patient|full_name|patient;patient_name|patient|Name of the patient;The patient|for patient ~;for the patient ~|for ~
student|full_name|student;student_name;learner;pupil|student|Name of the student;The student|for student ~;for the student ~|for ~
employee|person|employee;employee_name;staff_member;worker|employee|Name of the employee;Staff member|for employee ~;for our colleague ~|for ~
author|full_name|author;writer;author_name;written_by|author|Author of the work;Who wrote it;The author|by the author ~;written by ~;from the writer ~|by ~
artist|artist|artist;artist_name;band;performer;singer;musician|artist;band|Name of the artist;Artist or band;The performer|by the artist ~;from the band ~;performed by ~|by ~;from ~
director|full_name|director;directed_by;film_director|director|Director of the film;Who directed it|directed by ~;by the director ~|by ~
assignee|person|assignee;assigned_to;owner;responsible;agent;assign_to|assignee;owner|Who (takes care of|works on) it;Person responsible;Assignee|assigned to ~;to be handled by ~;with ~ as the owner;assign it to ~|to ~
recipient|person|recipient;to;receiver;send_to;contact_name;to_person|recipient|Who gets it;Name of the recipient;The receiver|to ~;with ~ as recipient|
sender|person|sender;from_person;sent_by;from_name|sender|Who sends it;The sender|sent by ~;from ~|
manager|full_name|manager;approver;supervisor;reviewer|manager;approver|Who (approves|reviews) it;Manager in charge|with ~ as (the )approver;approved by ~;reviewed by ~|
attendees|list:person|attendees;participants;guests;invitees;people|attendees;participants|Names of the (attendees|participants);Who takes part;People to invite|with the participants ~;inviting ~;with ~ attending|with ~
members|list:person|members;users;names;team_members|members|Names of the members;Members|with the members ~;consisting of ~|with ~
doctor|doctors|specialty;doctor_type;provider_type;practitioner|specialty|Kind of (doctor|provider);Medical specialty|with the specialty ~|with a ~;at a ~
email|email|email;email_address;mail;e_mail;contact_email|email;email address|Email address;Email of the (user|customer);Where to write to|with (the )email ~;email ~;using the address ~|to ~;for ~
to_email|email|to;recipient;to_address;recipient_email;send_to|recipient|Email address of the recipient;Address to send to|to ~;addressed to ~|
cc|list:email|cc;copy_to;cc_addresses|cc|Addresses that get a copy;CC recipients|(with )?cc ~;with a copy to ~|
phone|phone|phone;phone_number;tel;mobile;contact_number;number|phone number|Phone number;Number to call|with phone number ~;phone ~;on the number ~|on ~;at ~
user_name|user_name|username;user;login;account_name;user_name|username;login|(Login|User) name;The user's login|for user ~;with username ~;for the login ~|for ~
user_id|code|user_id;uid;account_id;member_id;customer_id|user id;account id|(Identifier|ID) of the (user|account);Unique user ID|for user id ~;with the account id ~|for ~
url|url|url;link;address;web_address;uri;page_url|url;link|Web address;URL of the page;Link|at the url ~;with the link ~;url ~|at ~;from ~
callback|url|callback_url;webhook;notify_url;hook|callback url;webhook|URL to call when it is done;Webhook|with callback ~;notifying the webhook ~|
file|file|file;file_name;filename;document;attachment|file;file name|Name of the file;The file|the file ~;file named ~|
path|path|path;file_path;filepath;location;src_path|path|Path of the file or folder;Full path|at the path ~;in the folder ~;path ~|at ~;in ~
target_path|path|target;destination_path;dest;output;output_path;save_to|output path;target|Where to (save|write) it;Target path|saving it to ~;with ~ as the output;writing to ~|
folder|folders|folder;directory;dir;folder_name|folder;directory|Name of the folder;Folder|in the folder ~;in the ~ folder;under the ~ directory|
host|host|host;server;hostname;machine;node;server_name|host;server|Name of the (host|server);Which server|on host ~;on server ~;for the server ~|on ~;for ~
ip|ip|ip;ip_address;address;host_ip|ip address|IP address;IPv4 address|with the ip ~;from ip ~;ip ~|from ~;at ~
port|plain:1024:65535|port;port_number|port|TCP port;Port number|on port ~;port ~;through port ~|
version|version|version;release;tag;version_number|version|Version to use;Release number;Version|version ~;at version ~;with version ~|
branch|branch|branch;branch_name;git_branch;ref|branch|Git branch;Name of the branch|on branch ~;on the ~ branch;from the branch ~|on ~
repo|repo|repo;repository;project;repo_name;project_name|repo;repository;project|Name of the (repository|project);Repository|in the repo ~;in the ~ repository;for the project ~|in ~
sha|sha|commit;sha;commit_hash;revision|commit|Commit hash;Git revision|at commit ~;commit ~;with the hash ~|
environment|enum:production=prod/live,staging,development=dev,testing=test|environment;env;stage;target_env|environment|Where to run it;Target environment|in the ~ environment;environment ~|in ~;on ~;to ~
metric|metrics|metric;metric_name;measure;indicator|metric|Name of the metric;What to measure|for the metric ~;metric ~|of ~
software|software|software;application;app;program;product|application;software|Name of the (application|program);Software|for the application ~;the software ~;for the app ~|for ~
id|code|id;identifier;ref;reference;key;number|id;number;reference|(Unique )?identifier;ID;Reference number|with (the )id ~;id ~;with reference ~;number ~|~
other_id|code|parent_id;parent;related_id;linked_to;group_id|parent id|Identifier of the parent;Item it belongs to|under the parent id ~;with parent id ~|
order_id|code|order_id;order_number;order_no;order;purchase_id|order number;order id|Number of the order;Order ID;The order|for order ~;with order number ~;order number ~|
tracking|code|tracking_number;tracking_code;shipment_id;awb|tracking number|Tracking number of the parcel;Shipment code|with tracking number ~;tracking code ~|
coupon|code|coupon;coupon_code;promo_code;voucher;discount_code|coupon code;voucher;promo code|Coupon to apply;Discount code|with the coupon code ~;using voucher ~;with promo code ~|
account|code|account;account_number;account_no;iban;acct|account;account number|Account number;The account|from account ~;for account ~;account number ~|
to_account|code|to_account;target_account;destination_account;credit_account|target account|Account that receives the money;Target account|to account ~;into account ~|
serial|code|serial;serial_number;asset_tag;sn|serial number;asset tag|Serial number;Asset tag|with serial number ~;serial number ~;asset tag ~|
token|code|token;api_key;access_token;secret;auth|token|(API|Access) token;Secret for the request|using the token ~;with token ~|
pin|plain:1000:9999|pin;pin_code;passcode|pin;passcode|Four-digit PIN;PIN code|with pin ~;using the pin ~|
plate|plate|plate;license_plate;registration;reg_no|license plate|License plate of the vehicle;Registration number|with (the )?license plate ~;with plate ~|
confirmation|code|confirmation_code;confirmation_number;booking_code;pnr|confirmation code|Confirmation code of the booking;Booking code|with confirmation code ~;under booking code ~|
name|title|name;title;label;display_name|name;title|Name;Its name;The name|named ~;called ~;with the name ~;titled ~|
title|title|title;name;headline;heading|title|Title;The title;Its title|titled ~;called ~;with the title ~|~
song|title|song;track;song_name;track_title;song_title|song;track|Title of the song;Name of the track|the song ~;the track ~|
album|title|album;album_name;record|album|Title of the album;Album|from the album ~;the album ~|
movie|title|movie;movie_name;film;movie_title;film_title|movie;film|Title of the (movie|film);Which film|for the movie ~;the film ~|
book|title|book;book_title;book_name|book|Title of the book;Which book|for the book ~;the book ~|
playlist|playlist|playlist;playlist_name;list_name|playlist|Name of the playlist;Playlist|(to|in|on) my ~ playlist;(to|in) the playlist ~;to the ~ playlist|
event_name|event|event;event_name;title;what;summary|event|What the event is;Name of the event;Event title|for ~;for the event ~;called ~|
subject|problem|subject;summary;title;short_description;headline|subject|Subject line;Short (summary|description) of the (problem|matter)|with the subject ~;subject: ~;saying ~|
description|problem|description;details;body;issue_description;problem|description|(Longer description|Details) of the problem;What is wrong;What happened|with the description ~;description: ~;because ~|
message|message|message;text;body;content;msg;message_text|message;text|Text of the message;What to (say|write);Message body|saying ~;with the message ~;that says ~;with the text ~|
note|message|note;notes;comment;remark;remarks;memo|note;comment|(Free|Additional) (text|remarks);A note;Comment|with the note ~;with the comment ~;add the note ~|
reason|message|reason;cause;why;justification|reason|Why;Reason for it;Justification|with the reason ~;giving the reason ~;reason: ~|
instructions|message|instructions;special_instructions;special_requests;requests|special instructions|Special instructions;Extra wishes|with the special instructions ~;special instructions: ~|
task|task|task;todo;what;reminder_text;title|task|What to do;The thing to remember;Task|to ~|
query|topic|query;q;search;search_term;keywords;text;term|search term;query;keyword|What to search for;Search (term|words);Query text|about ~;matching ~;for ~;containing ~;with the keyword ~|
topic|topic|topic;subject;theme;about|topic|Topic;What it is about;Subject|about ~;on the topic of ~;on the topic ~|on ~
category_topic|topics|category;topic;area|category|Category of interest;Category|in the category ~|
tags|list:tags|tags;labels;keywords;categories|tags;labels|Tags to (add|set);Labels;List of tags|tagged ~;with the tags ~;with tags ~;labelled ~|
tag|tags|tag;label;category;group|tag;label|Tag;Label to filter by;Category|tagged ~;with the tag ~;with the label ~|
items|list:foods|items;products;groceries;ingredients;things|items|Items to (add|buy);List of items;The things|with the items ~;the items ~;items: ~|
order_items|items|items;order_lines;lines;products;line_items|items|What to order, with amounts;Order lines|with ~;consisting of ~;items: ~|
food_items|items:DISHES|items;order_items;dishes;food|items|What to order, with amounts;Dishes and how many|with ~;items: ~|
ingredients|list:foods|ingredients;using;contains;with_ingredients|ingredients|Ingredients to use;What it contains|with ~;using ~;containing ~|
excluded|list:foods|exclude;without;excluded;avoid;not_containing|excluded ingredients|Ingredients to leave out;What to avoid|without ~;excluding ~;but no ~|
allergies|list:allergies|allergies;allergens;intolerances|allergies|Known allergies;Allergens|with allergies to ~;allergic to ~|
product|products|product;item;product_name;article;item_name|product;item|Name of the (product|item);Which product|the product ~|~
brand|brand|brand;maker;manufacturer;make|brand;manufacturer|Brand;Name of the manufacturer|from the brand ~;of the brand ~;made by ~|from ~;by ~
company|company|company;company_name;organization;business;firm;vendor|company;organization|Name of the company;Company|at the company ~;for the company ~;with the company ~|at ~;for ~
supplier|company|supplier;vendor;seller;provider|supplier;vendor|Who (sells|supplies) it;Supplier|from the supplier ~;with ~ as the vendor;supplied by ~|from ~
airline|airlines|airline;carrier;airlines;airline_name|airline|(Preferred )?airline;Airline|with the airline ~;flying with ~;on ~|with ~
service|services|service;platform;provider;source;app|service;platform|Streaming service;Where to play it|on the service ~;using ~|on ~;with ~
department|departments|department;dept;team;unit;division|department;team|Department;Name of the (department|team)|in the ~ department;for the ~ team;in ~ department|
job|jobs|job;job_title;position;role;occupation|job title;position;role|Job title;Position|as a ~;with the job title ~;for the position of ~|
subject_area|subjects|subject;course;field;discipline|subject|School subject;Field of study|in the subject ~;for the subject ~|in ~
course|subjects|course;course_name;class;class_name|course;class|Name of the course;Course|for the course ~;in the ~ course;for the ~ class|
language|languages|language;lang;language_name|language|Language;Name of the language|in the language ~;with ~ as language|in ~
from_language|languages|source_language;from_lang;source_lang;from_language|source language|Language of the text;Language to translate from|from ~|
to_language|languages|target_language;to_lang;target_lang;to;to_language|target language|Language to translate into;Target language|to ~;into ~|
genre|genres|genre;music_genre;style;kind_of_music|genre;style|Music genre;Genre;Style of music|of the genre ~;in the genre ~|
film_genre|film_genres|genre;category;kind|genre|Genre;Kind of (film|book)|of the genre ~;in the ~ genre|
instrument|instruments|instrument;instrument_name|instrument|Musical instrument;Which instrument|on the instrument ~|on the ~;for the ~
cuisine|cuisines|cuisine;cuisine_type;food;kitchen;food_type|cuisine|Kind of (food|cuisine);Cuisine|with ~ cuisine;that serves ~ food;with ~ food;serving ~|
dish|dishes|dish;meal;dish_name;food_item;recipe|dish|Name of the dish;Dish|the dish ~;for the dish ~|for ~
drink|drinks|drink;beverage;drink_name|drink|Name of the drink;What to drink|with ~ to drink;and ~ to drink|
restaurant|restaurant|restaurant;restaurant_name;place_name;venue|restaurant|Name of the restaurant;Which restaurant|at the restaurant ~|at ~;at ~
sport|sports|sport;sport_type;activity;discipline|sport;activity|Kind of sport;Which sport;Activity|for the sport ~|in ~
team|teams|team;team_name;club|team|Name of the team;Which team|for the team ~;of the team ~|for the ~;of the ~
opponent|teams|opponent;against;versus;away_team|opponent|Team to play against;The other team|against the ~;versus the ~;against ~|
animal|animals|animal;species;pet_type;kind_of_animal|animal;species|Kind of animal;Species|of the species ~|for a ~
pet|pet|pet;pet_name;animal_name|pet|Name of the pet;Which pet|for my pet ~;for our pet ~|for ~
plant|plants|plant;crop;plant_name;species;variety|plant;crop|Name of the plant;Which crop|for the plant ~;with the crop ~|for the ~
medicine|medicines|medicine;medication;drug;drug_name|medicine;medication|Name of the (medicine|drug);Medication|for the medication ~;of the drug ~|of ~
symptom|symptoms|symptom;complaint;problem;condition|symptom|Main symptom;What hurts;Complaint|with the symptom ~;because of a ~;for a ~|
material|materials|material;made_of;fabric|material|Material;What it is made of|made of ~;in the material ~|in ~
vehicle|vehicles|vehicle;car;car_model;model|vehicle;car|Car model;Which vehicle|for the car ~;with the vehicle ~|for a ~;for the ~
color|colors|color;colour;colour_name|color;colour|Color;Name of the color|in the color ~;in color ~|in ~
stock|stock|symbol;ticker;stock_symbol;stock|ticker;symbol|Ticker symbol;Stock symbol, e.g. XYZ|with the ticker ~|of ~;for ~
crypto|crypto|coin;crypto;cryptocurrency;asset|coin|Name of the cryptocurrency;Coin|for the coin ~|of ~;for ~
currency|currency|currency;currency_code;curr|currency|Currency|in the currency ~|in ~
from_currency|currency|from_currency;base;source_currency;from;base_currency|source currency|Currency to convert from|from ~|
to_currency|currency|to_currency;target;target_currency;to;quote_currency|target currency|Currency to convert to|to ~;into ~|
timezone|timezone|timezone;tz;time_zone|time zone|Name of the time zone;Time zone|in the time zone ~;time zone ~|in ~
weekday|weekday|weekday;day;day_of_week|day;weekday|Day of the week;Weekday|on (a )?~;every ~|
month|month|month;month_name|month|Month;Name of the month|in the month of ~|in ~;for ~
year|year|year;release_year;published|year|Year;Four-digit year|from the year ~;of the year ~|from ~;in ~
date|date|date;day;on_date;on;when_date|date;day|The date;Date;Day|with the date ~;dated ~|on ~;for ~;on ~
start_date|date|start_date;from_date;start;check_in_date;check_in;begin;first_day|start date;first day|First day;Start date;Day it (starts|begins)|starting (on )?~;from ~;beginning ~|
end_date|date|end_date;to_date;end;until;check_out_date;last_day;check_out|end date;last day|Last day;End date;Day it ends|ending (on )?~;until ~;to ~;through ~|
departure|date|departure_date;leaving_date;outbound;depart_on;travel_date|departure date|Day of departure;When the trip starts|leaving (on )?~;departing (on )?~|on ~
return_date|date|return_date;inbound;return_on;back_on|return date|Day of return;When to come back|returning (on )?~;coming back (on )?~|
due|date|due_date;due;deadline;due_on;by|due date;deadline|When it (is due|must be done);Deadline|due (on )?~;by ~;with (the )?deadline ~;before ~|
birthday|date|birthday;birth_date;date_of_birth;dob|birthday;date of birth|Date of birth;Birthday|born (on )?~;with the birthday ~|
expiry|date|expires;expiry_date;valid_until;expiration|expiry date|Last day on which it is valid;Expiry date|expiring (on )?~;valid until ~|
time|time|time;at;clock_time;hour;time_of_day|time|Time of day;The time;At what time|at the time ~|at ~;at ~;for ~
start_time|time|start_time;from_time;begins_at;start|start time|When it (starts|begins), time of day;Start time|starting at ~;from ~;beginning at ~|at ~
end_time|time|end_time;to_time;ends_at;until;end|end time|When it ends, time of day;End time|ending at ~;until ~;till ~|
datetime|datetime|datetime;at;scheduled_at;timestamp;date_time;start_at|date and time|Date and time;Moment|scheduled for ~|on ~;for ~
when|when|when;time_range;time;period;timeframe;at|time|When, in the user's words;Time or period|for the time ~|~;for ~;~
duration|duration|duration;length;duration_min;minutes;time_span;period|duration|How long;Duration;Length|for ~;lasting ~;with a duration of ~|
delay|duration|delay;wait;in_minutes;after|delay|How long to wait;Delay before it starts|in ~;after ~;with a delay of ~|
timeout|duration:seconds|timeout;timeout_s;max_wait;limit_s|timeout|When to give up;Time limit|with a timeout of ~;timing out after ~|
interval|duration|interval;every;repeat_every;period|interval|How often;Time between two runs|every ~;at intervals of ~|
nights|int:1:14|nights;number_of_nights;num_nights;stay_length|nights|Number of nights;How many nights to stay|for ~ night(s)|
days|int:1:16|days;num_days;number_of_days;n_days;forecast_days|days|Number of days;How many days|for ~ day(s);for the next ~ day(s)|
guests|int:1:20|guests;party_size;people;number_of_people;persons;num_guests;covers|guests;people|Number of (guests|people);How many people;Size of the party|for ~ (people|guests|persons);for a party of ~|for ~
adults|int:1:8|adults;num_adults;number_of_adults;grown_ups|adults|Number of adults|for ~ adult(s);with ~ adult(s)|
children|int:1:6|children;kids;num_children;number_of_children|children;kids|Number of children|with ~ (kid(s)|child(ren))|
passengers|int:1:9|passengers;travelers;seats;num_passengers;number_of_seats|passengers;travelers|Number of (passengers|travelers)|for ~ (passenger(s)|traveler(s))|
tickets|int:1:10|tickets;number_of_tickets;num_tickets;ticket_count|tickets|Number of tickets;How many tickets|with ~ ticket(s);~ ticket(s)|
rooms_count|int:1:5|rooms;number_of_rooms;room_count;num_rooms|rooms|Number of rooms|with ~ room(s);~ room(s)|
bedrooms|int:1:6|bedrooms;beds;number_of_beds;num_bedrooms|bedrooms|Number of bedrooms|with ~ bedroom(s)|
quantity|int:1:200|quantity;qty;amount;count;units;how_many;number|quantity|How many;Number of (pieces|units);Quantity|with a quantity of ~;quantity ~;~ (pieces|units);~ of them|
copies|int:1:100|copies;num_copies;number_of_copies;prints|copies|Number of copies|in ~ copies;~ copies|
limit|int:1:50|limit;max_results;top;page_size;max_items;n|limit|Maximum number of results;How many results at most|limited to ~ result(s);at most ~ result(s);only the first ~;up to ~ result(s)|
page|int:1:40|page;page_number;page_no|page|Page of the results;Page number|on page ~;page ~|
age|int:1:95|age;age_years;years_old|age|Age in years;How old|aged ~;with age ~;who is ~ year(s) old|
max_age|int:1:90|max_age;days_back;age_limit|maximum age|Maximum age in days|not older than ~ day(s);at most ~ day(s) old|
min_rating|rating:5|min_rating;minimum_rating;rating;stars;at_least_rating|minimum rating|Lowest rating that is accepted;Minimum rating|with (a rating of )?at least ~|
rating|rating|rating;score;stars;points;grade;rating_value|rating|Rating to give;How good it was|with a rating of ~;rated ~;a score of ~|
max_price|money|max_price;price_limit;budget;maximum_price;price_max|budget;price limit|Highest price;Budget;Upper price limit|under ~;for (at most|no more than) ~;with a budget of ~;cheaper than ~|
min_price|money|min_price;price_min;minimum_price|minimum price|Lowest price|(costing )?at least ~;above ~;from ~ up|
price|money|price;unit_price;cost;rate;fee|price|Price;What it costs|priced at ~;with a price of ~;at a price of ~|for ~
amount|money|amount;sum;value;total;transfer_amount|amount|Amount (of money)?;How much|in the amount of ~;for the amount ~;of ~|~
salary|int:20000:180000|salary;annual_salary;pay;income|salary|Yearly salary;Pay per year|with a salary of ~;earning ~|
loan|int:1000:500000|principal;loan_amount;loan;borrowed|loan amount|Amount that is borrowed;Principal|of ~;with a principal of ~|
tip|percent|tip;tip_percent;gratuity|tip|Tip|with a tip of ~;with a ~ tip|
discount|percent|discount;discount_percent;reduction;rebate|discount|Discount|with a discount of ~;with ~ off|
interest|number:0:12|interest_rate;rate;annual_rate;apr|interest rate|Interest per year in percent|at an interest rate of ~;at ~ percent( interest)?|
brightness|percent|brightness;level;dim_level;intensity|brightness|Brightness;How bright|with a brightness of ~;at ~ brightness;with brightness ~|to ~
volume|percent|volume;level;loudness;volume_level|volume|Volume;How loud|at volume ~;with the volume at ~|to ~
position|percent|position;openness;opening;percentage|position|How far it is open;Position|at position ~|to ~
humidity|percent|humidity;target_humidity;moisture|humidity|Target humidity;Moisture|with a humidity of ~;at ~ humidity|
temperature|degrees|temperature;target_temperature;temp;degrees;heat|temperature|Temperature;Target temperature|with a temperature of ~;at a temperature of ~|to ~;at ~
oven_temperature|degrees:120:250|temperature;oven_temp;heat;degrees|temperature|Oven temperature|at a temperature of ~|at ~;to ~
threshold|number:0:100|threshold;limit;cutoff;min_score|threshold|Threshold;Value at which it triggers|with a threshold of ~;with ~ as the threshold|
weight|number:0:80:kg|weight;weight_kg;mass|weight|Weight in kilograms|weighing ~;with a weight of ~|
height_cm|int:50:210|height;height_cm;size_cm|height|Height in centimeters|(that is )?~ cm tall;with a height of ~ cm|
length_m|number:1:90:m|length;length_m|length|Length in meters|(that is )?~ long;with a length of ~|
width_m|number:1:60:m|width;width_m;breadth|width|Width in meters|(that is )?~ wide;with a width of ~|
depth_m|number:1:20:m|depth;depth_m|depth|Depth in meters|(that is )?~ deep;with a depth of ~|
radius|number:1:100|radius;r;radius_value|radius|Radius|with radius ~;with a radius of ~|
side_a|int:2:60|side_a;a;first_side|first side|Length of the first side|with (a )?first side (of )?~|
side_b|int:2:60|side_b;b;second_side|second side|Length of the second side|with (a )?second side (of )?~|
radius_km|int:1:100|radius;radius_km;max_distance;within_km|radius;distance|Search radius in kilometers|within ~ (km|kilometers);in a radius of ~ (km|kilometers)|
distance_km|number:1:120:km|distance;distance_km;km|distance|Distance in kilometers|over a distance of ~;over ~;for a distance of ~|
speed|int:5:240|speed;speed_kmh;velocity|speed|Speed in km/h|at ~ (km/h|kilometers per hour);with a speed of ~|
power|int:5:3000|power;watts;power_w|power|Power in watts|with ~ watts;at ~ watts|
area_m2|int:10:400|area;size;area_m2;square_meters|area|Area in square meters|with ~ square meters;of ~ square meters|
dose|int:5:1000|dose;dose_mg;dosage|dose|Dose in milligrams|at a dose of ~ mg;~ mg;with ~ mg|
calories|int:50:2500|calories;kcal;energy|calories|Energy in kilocalories|with ~ (calories|kcal);~ calories|
steps|int:500:20000|steps;step_count;goal|steps|Number of steps|with ~ steps;~ steps|
replicas|int:1:40|replicas;instances;count;workers|replicas;instances|Number of (replicas|instances)|with ~ (replica(s)|instance(s));to ~ (replica(s)|instance(s))|
memory_gb|int:1:128|memory;memory_gb;ram;ram_gb|memory|Memory in gigabytes|with ~ (GB|gigabytes) of (memory|RAM)|
disk_gb|int:10:4000|disk;disk_gb;storage;size_gb|disk size|Disk space in gigabytes|with ~ (GB|gigabytes) of (disk|storage)|
retries|int:1:9|retries;max_retries;attempts|retries|How often to try again|with ~ retries;retrying ~ times|
seed|plain:1:9999|seed;random_seed|seed|Seed of the random numbers|with (the )?seed ~|
lines|int:5:500|lines;tail;n_lines;last_lines|lines|How many lines;Number of lines|with ~ lines;the last ~ lines|
price_range|range:10:900|price_range;price;budget_range|price range|Lowest and highest price;Price range|priced ~;with a price ~|
age_range|range:1:90|age_range;ages;age_group|age range|Youngest and oldest age|aged ~;with an age ~|
size_range|range:20:400|size_range;area_range;size|size range|Smallest and largest size in square meters|with a size ~ square meters|
contact|contact|contact;contact_person;customer_contact;reporter|contact|Whom to contact;Contact person|with the contact ~;contact: ~|
priority|enum:low=minor/not urgent,medium=normal,high=important,critical=urgent/very urgent/top|priority;prio;urgency;importance;severity|priority|How urgent it is;Priority|with ~ priority;as ~ priority;priority ~;it's ~ priority|
urgency|enum:normal,urgent=really urgent/very urgent|urgency;urgent_level|urgency|How urgent it is|as ~;and it is ~;urgency ~|
impact|enum:single user=one person,team=one team,company=the whole company/everyone|impact;scope;affected|impact|Who is affected|with an impact on ~;affecting ~|
ticket_status|enum:open,in progress=being worked on,resolved=solved/fixed,closed|status;state;ticket_status|status|Status;Current state|with (the )?status ~;status ~|to ~
order_status|enum:pending,paid,shipped,delivered,cancelled,refunded|status;order_status;state|status|Status of the order;State|with (the )?status ~;in the status ~|to ~
task_status|enum:todo=to do,doing=in progress,done=finished,blocked|status;state;progress|status|Status of the task|with (the )?status ~;in state ~|to ~
job_status|enum:queued=waiting,running,failed=broken,succeeded=successful|status;state;run_state|status|State of the run|with (the )?status ~;in state ~|
user_role|enum:viewer=read only,editor,admin=administrator,owner|role;access_level;permission;access|role|Access level;Role in the system|with the role ~;as a ~;as ~|
permission|enum:read,write,execute,full=everything|permission;rights;mode;access|permission|Kind of access|with ~ permission;with ~ access|
cabin|enum:economy=coach,premium economy,business,first|cabin;seating_class;travel_class;class;seat_class|class;cabin|(Cabin|Travel) class;Seating class|in ~ class;flying ~;class: ~|
seat|enum:window,aisle,middle|seat;seat_preference;seat_type|seat|Preferred seat|with a ~ seat;in a ~ seat|
room_type|enum:single,double,twin,suite,family|room_type;type_of_room;room_kind|room type|Kind of room|with a ~ room;in a ~ room|
car_type|enum:compact=small,standard=normal,full size=large,suv,luxury|car_type;vehicle_class;category|car type|Category of the car|with car type ~;of the type ~|
fuel|enum:petrol=gas,diesel,electric,hybrid|fuel;fuel_type;engine|fuel|Kind of engine;Fuel|with ~ fuel;with a ~ engine|
meal|enum:breakfast,lunch,dinner,snack|meal;meal_type;meal_time|meal|Which meal;Kind of meal|for ~;as a ~|
diet|enum:vegetarian,vegan,gluten free=without gluten,low carb,keto|diet;dietary;diet_type|diet|Diet to respect;Dietary restriction|that is ~;with a ~ diet;suitable for ~ diets|
size|enum:small,medium=regular,large=big,extra large=XL|size;cup_size;portion|size|Size|in size ~;in ~;size ~|
milk|enum:whole=regular,skimmed=skim,oat,soy,almond|milk;milk_type|milk|Kind of milk|with ~ milk|
difficulty|enum:easy=simple,medium=intermediate,hard=difficult|difficulty;level;skill_level|difficulty|How hard it is;Difficulty|with ~ difficulty;of ~ difficulty;at level ~|
frequency|enum:once=one time,daily=every day,weekly=every week,monthly=every month,yearly=every year|frequency;repeat;recurrence;how_often;schedule|frequency|How often;Recurrence|repeating ~;~|
sort|enum:price,rating,distance,date,name,popularity|sort_by;sort;order_by;sorting|sort order|What to sort by;Sort key|sorted by ~;ordered by ~|
order|enum:ascending=increasing,descending=decreasing|order;direction;sort_order|order|Sort direction|in ~ order|
units|enum:celsius,fahrenheit,kelvin|unit;units;temperature_unit;scale|unit|Unit of the temperature|in ~;in degrees ~|
measure|enum:metric,imperial|units;system;measurement|units|System of units|in ~ units;with ~ units|
from_unit|unit:length|from_unit;source_unit;from;unit_from;input_unit|source unit|Unit to convert from|from ~|
to_unit|unit:length|to_unit;target_unit;to;unit_to;output_unit|target unit|Unit to convert to|to ~;into ~|
from_mass|unit:mass|from_unit;source_unit;from;unit_from|source unit|Unit of the given weight|from ~|
to_mass|unit:mass|to_unit;target_unit;to;unit_to|target unit|Unit of the result|to ~;into ~|
file_format|enum:pdf,csv,json,xlsx=excel,html,txt=plain text|format;file_format;output_format;type;export_format|format|File format;Output format|as ~;in ~ format;as a ~ file|
image_format|enum:png,jpg,webp,svg|format;image_format;type|format|Image format|as ~;in ~ format|
channel|enum:email=mail,sms=text message,phone=a call,push=push notification|channel;via;method;contact_method|channel|How to reach the person;Channel|via ~;by ~;through ~|
payment|enum:credit card=card,cash,paypal,bank transfer=wire transfer,app balance|payment_method;payment;pay_with;method|payment method|How to pay;Payment method|paying (with|by) ~;with payment by ~;using ~ as payment|
shipping|enum:standard=normal,express=fast,overnight,pickup=store pickup|shipping;shipping_method;delivery_type;delivery|shipping|Kind of delivery;Shipping method|with ~ (shipping|delivery);by ~ (shipping|delivery)|
account_type|enum:checking=current,savings,business,credit|account_type;account_kind;from_account_type|account type|Kind of account|from my ~ account;for the ~ account;in my ~ account|
visibility|enum:public=open to all,private=hidden,internal|visibility;access;audience|visibility|Who can see it|with ~ visibility;as ~;make it ~|
hvac_mode|enum:heat=heating,cool=cooling,auto=automatic,off|mode;hvac_mode;operation|mode|Operating mode|in ~ mode;with mode ~|to ~ mode
clean_mode|enum:vacuum=vacuuming,mop=mopping,both|mode;cleaning_mode|mode|What to do with the floor|in ~ mode;mode ~|
arm_mode|enum:home,away,night|mode;arm_mode;alarm_mode|mode|Alarm mode|in ~ mode;mode ~|to ~ mode
switch|enum:on,off|state;power;switch;status|state|On or off|with the state ~|~
open_state|enum:open,closed=close|state;position;target_state|state|Open or closed|with the state ~|
transport|enum:driving=car/by car,walking=on foot,cycling=bike/by bike,transit=public transport|mode;travel_mode;transport;by|travel mode|How to travel;Means of transport|~;travel mode ~|
chart|enum:bar,line,pie,scatter|chart_type;chart;plot_type;kind|chart type|Kind of chart|as a ~ chart;with a ~ chart|
log_level|enum:debug,info,warning=warn,error=errors|level;log_level;severity;min_level|log level|Lowest level to show|at level ~;with log level ~|
employment|enum:full time,part time=half time,contract=freelance,internship|employment_type;job_type;contract;work_type|employment type|Kind of employment|for ~ work;as ~;employment type ~|
leave_type|enum:vacation=holiday,sick=illness,parental,unpaid|leave_type;absence_type;kind|leave type|Kind of absence|as ~ leave;for ~ leave|
gender|enum:female=woman,male=man,other|gender;sex|gender|Gender|gender ~;who is ~|
shape|enum:circle,square,rectangle,triangle|shape;form;figure|shape|Kind of shape|for a ~;with the shape ~|
skill|enum:beginner=novice,intermediate,advanced,expert|level;skill_level;experience|level|Skill level|for ~ level;at the ~ level;at ~ level|
mood|enum:happy=cheerful,sad,calm=relaxing,energetic=upbeat|mood;vibe;atmosphere|mood|Mood of the music|with a ~ mood;for a ~ mood|
ride_type|enum:pool=shared,regular=normal,luxury=premium|ride_type;car_class;tier|ride type|Kind of ride|with ride type ~;as a ~ ride|
breakfast|bool|include_breakfast;breakfast;with_breakfast;breakfast_included|breakfast|(Whether|If) breakfast is included;Include breakfast|with breakfast;breakfast included;including breakfast|without breakfast;no breakfast
parking|bool|parking;needs_parking;has_parking;with_parking|parking|(Whether|If) parking is (needed|available);Parking|with parking;with a parking space|without parking;no parking needed
wifi|bool|wifi;has_wifi;free_wifi;wifi_required|wifi|Whether there is wifi;Wifi available|with wifi;that has wifi|without wifi;no wifi needed
pets|bool|pets_allowed;pet_friendly;allows_pets;pets|pets|Whether pets are allowed;Pets welcome|where pets are allowed;pet friendly;pets allowed|no pets;without pets
furnished|bool|furnished;is_furnished|furnished|Whether it is furnished;Furnished|furnished;that is furnished|unfurnished;not furnished
subtitles|bool|subtitles;with_subtitles;captions;subs|subtitles|Whether to show subtitles;Subtitles|with subtitles;subtitles on|without subtitles;no subtitles
refundable|bool|refundable;is_refundable;flexible|refundable|Whether the money can be returned;Refundable|refundable;it must be refundable|non-refundable;not refundable
direct|bool|direct;direct_only;nonstop;non_stop|direct|Only direct connections;Without stops|direct only;nonstop;non-stop|with stops allowed;stops are fine
insurance|bool|insurance;add_insurance;insured;with_insurance|insurance|Whether to add insurance;Insurance|with insurance;add insurance;insured|without insurance;no insurance
gift|bool|gift_wrap;is_gift;gift;wrap_as_gift|gift wrap|Whether to wrap it as a gift;Gift wrapping|gift wrapped;with gift wrapping;as a gift|without gift wrapping;no gift wrap
sugar|bool|sugar;with_sugar;sweetened|sugar|Whether sugar is added;Sweetened|with sugar|without sugar;no sugar
ice|bool|ice;with_ice;iced|ice|Whether there is ice in it;Add ice|with ice|without ice;no ice
notify|bool|notify;send_notification;notification;alert_user|notification|Whether (to send a notification|the user is told);Send a notification|with a notification;and send a notification;notify me|without (a )?notification;don't send a notification
silent|bool|silent;quiet;mute;no_sound|silent|Whether it happens without sound;Silent|silently;without sound|with sound
recursive|bool|recursive;include_subfolders;subfolders|recursive|Whether subfolders are included;Recursive|recursively;including subfolders;with subfolders|without subfolders;not recursive
force|bool|force;forced;override;skip_checks|force|Skip the safety checks;Force it|force it;by force;skip the checks|don't force it;without force
dry_run|bool|dry_run;simulate;preview;test_only|dry run|Only show what would happen;Do not really do it|as a dry run;just simulate it|not as a dry run;for real
archived|bool|include_archived;archived;with_archived|archived items|Whether archived items are included;Include archived ones|including archived ones;with archived ones|without archived ones;excluding archived ones
unread|bool|unread_only;unread;only_unread|unread|Only unread ones;Unread only|only unread ones;just the unread ones|including read ones;read ones too
attachments|bool|has_attachments;with_attachments;attachments|attachments|Whether there are attachments;Has attachments|with attachments|without attachments
anonymous|bool|anonymous;hide_name;is_anonymous|anonymous|Whether the name is hidden;Anonymous|anonymously;without showing my name|with my name;not anonymously
shuffle|bool|shuffle;random_order;shuffled|shuffle|Whether the order is random;Shuffle|shuffled;with shuffle on;in random order|without shuffle;in order
repeat_flag|bool|loop;on_repeat;repeat|repeat|Whether to play it again and again;Loop|on repeat;in a loop|without repeating;just once
eco|bool|eco_mode;eco;energy_saving;economy_mode|eco mode|Energy saving mode;Save energy|in eco mode;with eco mode on|without eco mode;eco mode off
all_day|bool|all_day;whole_day;full_day|all day|Whether it lasts the whole day;All-day event|all day;for the whole day|not all day
online|bool|online;is_virtual;virtual;remote|online|Whether it takes place online;Virtual|online;as a video call|in person;not online
outdoor|bool|outdoor;outdoor_seating;outside|outdoor seating|Whether to sit outside;Outdoor seating|with outdoor seating;outside;on the patio|inside;indoors
live_music|bool|live_music;has_live_music;music|live music|Whether there is live music;Live music|with live music|without live music
wheelchair|bool|wheelchair_accessible;accessible;step_free|accessible|Whether it is accessible with a wheelchair;Step-free access|wheelchair accessible;with wheelchair access|
return_trip|bool|round_trip;return_trip;is_return|round trip|Whether it is a round trip;Return trip too|round trip;there and back|one way
compress|bool|compress;zip;compressed;gzip|compressed|Whether to compress the result;Compress|compressed;with compression|uncompressed;without compression
encrypted|bool|encrypted;encrypt;secure|encrypted|Whether to encrypt it;Encryption|encrypted;with encryption|unencrypted;without encryption
detailed|bool|detailed;verbose;full_details;long|detailed|Whether to give all details;Detailed output|with all (the )?details;detailed|without details;just a summary
free|bool|free;free_entry;is_free;no_fee|free|Whether it costs nothing;Free of charge|free of charge;with free entry|
kids_ok|bool|good_for_kids;kid_friendly;family_friendly|kid friendly|Whether it suits children;Family friendly|kid friendly;good for kids;family friendly|not for kids
new_value_name|title|new_name;new_title;rename_to;new_label|new name|The new name;New name to give it|to ~;with the new name ~;to the new name ~|
numbers|list:number:0:100|numbers;values;data;samples;list|numbers;values|List of numbers;The values|of ~;for the numbers ~;for the values ~|
first_number|number:-50:900|a;x;first;num1;left;value1|first number|The first number;First operand|with the first number ~|
second_number|number:1:900|b;y;second;num2;right;value2|second number|The second number;Second operand|with the second number ~|
second_id|code|second_id;other_id;with_id;target_id|second id;other id|Identifier of the (second|other) one;ID of the other one|with the second id ~;and the other id ~|
parts|int:2:12|parts;pieces;chunks;number_of_parts|parts|Number of parts;How many parts|into ~ parts;into ~ pieces|
limit_words|int:20:500|max_words;words;word_limit;length|words|Maximum number of words;Length in words|in at most ~ words;in ~ words|
door|pick:front door/back door/garage door/cellar door/patio door/balcony door/main entrance/side door/gate/shed/bathroom window/barn door/kitchen door/car|door;lock;entrance;which_door|door|Which door;Name of the door|the door ~|of the ~;for the ~
scenes|scenes|scene;scene_name;mode;preset|scene|Name of the scene;Which scene|with the scene ~|
plain_amount|number:1:5000|amount;value;sum;quantity|amount|Amount to convert;The amount|of ~|
metric_climate|pick:temperature/humidity/air pressure/CO2 level/noise level/brightness|measure;sensor;quantity;kind|measure|What to measure;Kind of sensor|for the measure ~|
condition_word|pick:rain/snow/sun/rainy/sunny/cloudy/windy/foggy/stormy/storm/hail/cold/warm/hot/chilly/freezing/humid/overcast/blizzard/snowy/mild|condition_description;condition;weather_condition|condition|||
decade|pick:1963/1975/1984/1999/2004/2011/1957/eighties/nineties/sixties/seventies/thirties/twenties/fifties/2018|year;decade;era|year|||
music_item|pick:song/track/tune/album/record/single/soundtrack/ep/ballad/concerto/anthem/hit/symphony|music_item;item;item_type;kind|item|||
owner_word|pick:my/my/my/her/his/our/their/Anna's/Tom's/Jordan's/my sister's/my wife's/Priya's/Omar's|playlist_owner;owner;whose|owner|||
people_text|pick:2/4/6/3/5/8/10/two/four/seven/nine/me and my wife/my parents and me/me and Lena/my brother and I/my boss and me/three/12/my whole family/Rosa, Tim and me|party_size_number;party_size;party;people;guests|party size|||
spot_type|pick:restaurant/bar/bistro/diner/pub/café/tavern/steakhouse/brasserie/food truck/bakery/pizzeria/trattoria/cafeteria/tea house/oyster bar/osteria|restaurant_type;place_type;kind;venue_type|kind of place|||
facility_word|pick:parking/wifi/pool/outdoor seating/terrace/live music/smoking room/valet parking/view/playground/spa|facility;feature;amenity|facility|||
film_word|pick:movie schedule/movies/films/movie times/showtimes/animated movies/film times/screenings/documentaries/new releases|object_type;kind;what|kind|||
near_word|pick:nearby/close by/in the area/around here/in the neighbourhood/near me/within walking distance/closest/nearest/not far from here|location_type;spatial_relation;distance;near|distance|||
score_text|pick:1/2/3/4/5/6/0/one/two/three/four/five/six/zero/7/ten|rating_value;score;rating;value|score|||
best_text|pick:5/6/10/six/five/ten/7/100|best_rating;max;scale;out_of|best rating|||
rating_unit|pick:stars/points/star/point/marks/hearts/thumbs up|rating_unit;unit|unit|||
which_word|pick:this/the current/that/this/the previous/the last/this current/the next/the first|object_select;which;selection|which one|||
book_word|pick:book/novel/essay/chronicle/series/album/textbook/saga/chapter/story/volume/memoir/comic/biography|object_type;kind;type;work_type|kind|||
work_word|pick:song/book/movie/tv show/video game/album/painting/trailer/game/soundtrack/novel/picture/saga/television show/program/photograph/play/series/podcast/poem/documentary|object_type;work_type;type;kind|type|||
chat_app|enum:whatsapp,signal,telegram,sms=text message|app;via;service;platform|app|App to use;Which messenger|via ~;on ~;using ~|
urgent_flag|bool|urgent;important;high_priority|urgent|Whether it is urgent;Mark it as important|mark it as urgent;it's urgent|not urgent;no need to hurry
adjective_word|pick:serendipity/ubiquitous/gregarious/ephemeral/obsolete/paradigm/quixotic/mellifluous/perfunctory/candid/arcane/zeal/laconic/pragmatic/verbose/tenacious/benevolent/ambiguous/frugal/austere|word;term;expression;entry|word|Word to look up;The word|the word ~|
small_int|int:2:10|exponent;power;n;degree|exponent|The exponent;Power to raise to|with (the )?exponent ~|
degree_number|int:1:300|value;degrees;temperature;temp|value|Temperature to convert;The value|of ~ degrees|
units2|enum:celsius,fahrenheit,kelvin|to_unit;target;to_scale;target_unit|target scale|Scale of the result;Unit to convert to|to ~;into ~|
account_last|digits:4|card;last_four;card_number_end;last_digits|last four digits|Last four digits of the card|ending in ~;with the last digits ~|
shares|int:1:500|shares;quantity;qty;units;amount|shares|Number of shares;How many shares|~ shares|
archive_format|enum:zip,tar,7z,gzip=gz|format;archive_format;type|format|Format of the archive|as ~;in ~ format|
severity_level|enum:mild=light/slight,moderate=medium,severe=terrible/very strong|severity;strength;level|severity|How bad it is;Severity|and it is ~;severity ~|
season|enum:spring,summer,autumn=fall,winter|semester;season;term|semester|Term of the year;Semester|in the ~ semester;for ~|
event_kind|enum:music=concert,sports=sport,theatre=play/theater,comedy|category;event_type;kind|category|Kind of event;Category|of the category ~|
oven_mode|enum:convection=fan,grill=broil,top and bottom=conventional|mode;program;function|mode|Oven mode|in ~ mode;with ~ mode|
word_alias|slug|alias;short_name;slug;custom_name|alias|Name of the short link;Custom alias|with the alias ~;as ~|
sql|sql|sql;query;statement|query|SQL statement;The query to run|: ~|
base_branch|branch|base;from_branch;source_branch|base branch|Branch to start from;Base branch|from ~;based on ~|
phone_kind|enum:mobile=cell,home=landline,work=office|phone_type;line;number_type|phone|Which of the phone numbers|on the ~ phone;at the ~ number|
pollutant|enum:pm10,pm2.5,ozone,no2=nitrogen dioxide|pollutant;substance;measure|pollutant|Which pollutant|for ~|
attraction|enum:museum,park,theme park=amusement park,historical landmark,place of worship=church,sports venue=stadium,shopping area=shops|category;type;kind|category|Kind of attraction;Category|of the category ~;of type ~|
price_level|enum:cheap=inexpensive/low-priced,moderate=mid-range,expensive=pricey/high-end|price_range;price_level;price|price range|How expensive it is;Price range|that is ~;in the ~ price range|
from_place|place|start;from;origin;from_place;starting_point|starting point|Starting point;Where the way starts|from ~;starting at ~|
to_place|place|destination;goal;to;end;to_place;target|destination|Where to go;End of the way;Destination|to ~|
avoid_tolls|bool|avoid_tolls;no_tolls;toll_free|avoid tolls|Whether to avoid toll roads;Avoid tolls|avoiding tolls;without tolls|tolls are fine
decimals|int:1:6|decimals;precision;digits;round_to|decimals|Number of decimals;Digits after the point|with ~ decimals;rounded to ~ decimals|
value|number:0:1000|value;amount;quantity;number;input|value|The value;Number to convert|with the value ~|~
"""


@dataclass(frozen=True, slots=True)
class Role:
    """What one argument means."""

    key: str
    """How the tables of this package call it."""
    kind: str
    """Kind of value, see `values.build`; or "bool"."""
    names: tuple[str, ...]
    """Argument names, in snake_case."""
    labels: tuple[str, ...]
    """How people call it."""
    descriptions: tuple[str, ...]
    """Patterns."""
    own: tuple[str, ...]
    """Patterns with `~` that identify the argument; of a flag, the words for true."""
    loose: tuple[str, ...]
    """Patterns with `~` that do not; of a flag, the words for false."""


def _cells(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in text.split(";") if cell.strip())


def _pattern(text: str) -> str:
    """`(on )?` is written as in a regular expression in the table; the grammar says `[on ]`."""
    while "?" in text:
        end = text.index("?")
        assert text[end - 1] == ")", text
        start = text.rindex("(", 0, end)
        text = f"{text[:start]}[{text[start + 1 : end - 1]}]{text[end + 1 :]}"
    return text


def _fields(line: str) -> list[str]:
    """The seven fields of a line; a `|` inside brackets belongs to a pattern."""
    fields, depth = [""], 0
    for char in line:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            fields.append("")
        else:
            fields[-1] += char
    assert len(fields) == 7, line
    return fields


def _read(line: str) -> Role:
    key, kind, names, labels, descriptions, own, loose = _fields(line)
    patterns = [tuple(_pattern(cell) for cell in _cells(field)) for field in (descriptions, own, loose)]
    return Role(key, kind, _cells(names), _cells(labels), patterns[0], patterns[1], patterns[2])


ROLES: dict[str, Role] = {
    role.key: role for role in map(_read, (*TABLE.strip().splitlines(), *SERVICE_ROLES.strip().splitlines()))
}
