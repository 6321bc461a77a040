# ruff: noqa: E501
"""Words that arguments are filled with, by topic. In: nothing. Out: `POOLS`, and words that nobody has seen.

Written by hand for this package, and where a topic is open mostly other words than the embedded model has learned from
(`calltune.base.words`): rows made of words that a model knows by heart do not teach it to copy.
"""

from __future__ import annotations

from random import Random

_TEXT = {
    "city": """Aberdeen, Adelaide, Albuquerque, Alicante, Anchorage, Aspen, Asheville, Bakersfield, Bangor, Bari, Bendigo, Bergamo,
        Bismarck, Bloomington, Bologna, Bonn, Bournemouth, Bremen, Brisbane, Bristol, Buffalo, Burlington, Cadiz, Canberra, Cary, Catania, Charleston,
        Charlotte, Chattanooga, Chester, Cincinnati, Clearwater, Columbus, Concord, Coventry, Darwin, Davenport, Dayton, Derby, Dijon, Dortmund, Duluth,
        Durham, Essen, Eugene, Exeter, Fargo, Fairview, Fez, Flagstaff, Fremont, Gary, Genoa, Gibraltar, Girona, Green Bay, Greenville, Haifa, Halifax,
        Hamilton, Hobart, Honolulu, Huntsville, Ipswich, Jackson, Jaipur, Jersey City, Juneau, Karlsruhe, Kansas City, Key West, Kiel, Kobe, Lafayette,
        Lansing, Laredo, Leicester, Lincoln, Linz, Lucerne, Lund, Macon, Mainz, Malaga, Marrakesh, Medford, Mesa, Minneapolis, Missoula, Mobile, Modena,
        Monterey, Murcia, Nagoya, Nantes, Napa, Newcastle, New Haven, Newport Beach, Norwich, Nuremberg, Odense, Padua, Palm Springs, Parma, Peoria, Pisa,
        Plymouth, Port Louis, Provo, Pune, Quezon City, Raleigh, Ravenna, Reading, Reno, Rennes, Richmond, Rochester, Rostock, Sapporo, San Antonio,
        San Marino, Santa Cruz, Savannah, Scottsdale, Sheffield, Siena, Sioux Falls, Spokane, Springfield, Stavanger, St. Louis, Stuttgart, Sunnyvale,
        Syracuse, Tacoma, Tampa, Tarragona, Toledo, Topeka, Trenton, Trieste, Ulm, Verona, Vigo, Waco, Wolfsburg, Worcester, Wroclaw, Yakima, Yonkers""",
    "country": """Afghanistan, Algeria, Andorra, Angola, Azerbaijan, Bahamas, Bahrain, Barbados, Belarus, Belize, Bosnia, Brunei, Burkina Faso, Burundi,
        Cameroon, Cape Verde, Congo, Cote d'Ivoire, Czech Republic, Djibouti, Dominica, El Salvador, Eritrea, Faroe Islands, French Guiana, Gambia,
        Greenland, Grenada, Guinea, Guyana, Haiti, Honduras, Israel, Kiribati, Kosovo, Kuwait, Kyrgyzstan, Lesotho, Liberia, Libya, Liechtenstein,
        Luxembourg, Macedonia, Malawi, Maldives, Mauritania, Mauritius, Moldova, Monaco, Montenegro, Mozambique, Myanmar, Nauru, Nicaragua, Oman, Palau,
        Papua New Guinea, Philippines, Puerto Rico, Russia, Saint Lucia, Seychelles, Sierra Leone, Solomon Islands, Somalia, Sudan, Suriname, Syria,
        Tajikistan, Trinidad, Turkmenistan, Tuvalu, UK, USA, United Kingdom, United States, Uzbekistan, Vanuatu, Venezuela, Yemen, Zimbabwe""",
    "state": """Alabama, Arizona, Arkansas, Colorado, Connecticut, Delaware, Illinois, Indiana, Kentucky, Louisiana, Maryland, Massachusetts, Michigan,
        Minnesota, Mississippi, Missouri, Nebraska, New Hampshire, New York, North Dakota, Oklahoma, Pennsylvania, Rhode Island, South Carolina, Tennessee,
        Washington, Wisconsin, Wyoming, AL, AZ, CA, CO, CT, DE, FL, GA, IL, KS, KY, LA, MA, MD, MI, MN, MO, MT, NC, ND, NE, NH, NJ, NM, NV, NY, OH, OK,
        OR, PA, RI, SC, SD, TN, TX, UT, VA, VT, WA, WI, WV, WY, Saxony, Galicia, Burgundy, Yorkshire, Styria, Jutland, Goa, Gujarat""",
    "first": """Aaron, Adam, Alba, Alma, Amir, Annika, Ari, Asha, Audrey, Bianca, Bilal, Brenda, Callum, Cara, Celine, Cyrus, Dalia, Dana, Darius, Delphine,
        Derek, Diana, Donna, Dylan, Edith, Elise, Emil, Enzo, Eric, Erin, Eva, Evan, Fabio, Faye, Finn, Gabriel, Gemma, Gloria, Goran, Hana, Henrik,
        Holly, Imran, Irene, Iris, Jade, Jared, Joel, Jorge, Judith, Kamal, Kira, Klaus, Lana, Lena, Leo, Lewis, Linda, Logan, Lola, Louis, Luna, Lydia,
        Maeve, Malik, Marcel, Margot, Marta, Mason, Maya, Megan, Mira, Mona, Naomi, Natalie, Neil, Nico, Nils, Odette, Olaf, Orla, Oskar, Paula, Philip,
        Pia, Ramona, Reyna, Rita, Robin, Roger, Ronan, Rosalie, Sabine, Sam, Selma, Sergio, Silas, Sonia, Stefan, Tanya, Tess, Tilda, Toby, Ulrich, Vanessa,
        Victor, Vikram, Wilma, Yasmin, Yvonne""",
    "last": """Adler, Alvarez, Amsel, Archer, Bauer, Becker, Bennett, Blake, Boyd, Brandt, Brennan, Bright, Burke, Cain, Cardoso, Castro, Clarke, Coleman,
        Conti, Crawford, Cruz, Dalton, Dean, Delgado, Dixon, Doyle, Duarte, Eklund, Ellis, Engel, Esposito, Farrell, Fleming, Flynn, Franco, Fraser, Frey,
        Fuchs, Galli, Gibson, Gomez, Greco, Haas, Hale, Harper, Hartmann, Hayes, Herrera, Hess, Hoffmann, Holm, Hussain, Ibrahim, Iyer, Jensen, Jordan,
        Kaplan, Keller, Klein, Koch, Krause, Kumar, Lang, Larsen, Lehmann, Leone, Lindgren, Lowe, Lund, Maier, Malone, Marino, Mendes, Meyer, Molina,
        Morris, Munro, Myers, Neumann, Nolan, Osman, Owens, Pearce, Pereira, Quinn, Ramos, Reyes, Ricci, Rivera, Roth, Russo, Sanders, Saunders, Schulz,
        Sharp, Simmons, Sokolov, Sousa, Stein, Sutton, Tucker, Vargas, Vogel, Voss, Wagner, Webb, Winter, Wolf, Yates, Young, Zimmer""",
    "company": """Acme, Northwind, Contoso, Initech, Globex, Bluefin Logistics, Hartwell & Sons, Larkspur Media, Ironbridge, Cobalt Labs, Meridian Foods,
        Oakline, Pinecrest Capital, Redwood Systems, Silverlake, Sundial Energy, Tidewater, Umbra Studios, Vantage Health, Westmark, Zephyr Air, Kestrel
        Robotics, Quillpoint, Brightwater, Copperfield Partners, Lumen Works, Harbor Street Bank, Fable & Co, Granite Insurance, Nimbus Cloud""",
    "street": """Maple Street, High Street, Station Road, Church Lane, Park Avenue, Elm Drive, Mill Road, Kings Road, Oak Lane, Cedar Court, Harbor Way,
        Sunset Boulevard, Victoria Road, Chestnut Street, River Street, Main Street, North Street, Spruce Avenue, Market Square, Hillside Drive, Bridge
        Street, Garden Terrace, Lakeview Road, Juniper Way, Orchard Close""",
    "place": """Central Park, the airport, the train station, downtown, the old town, City Hall, Union Square, Riverside Mall, the main library, Grand
        Central, the university, the harbor, Blue Lagoon, Yellowstone National Park, Lake Garda, Mount Rainier, Willow Creek Nature Reserve, Fort Sumter,
        the botanical garden, Hyde Park, Terminal 2, the convention center, Pier 39, Golden Gate Park, Cape Horn, Sequoia State Park, the office, the zoo""",
    "restaurant": """The Golden Fork, Blue Olive, Casa Verde, Luigi's, The Rusty Spoon, Sakura House, Le Petit Jardin, Taj Palace, Smoke & Barrel, Harbor
        Grill, Mama Rosa, The Copper Pot, Noodle Bar 88, El Toro, Red Lantern, Bistro Lumiere, The Hungry Goat, Pho Corner, Steak and Stone, Cafe Central,
        Ocean Table, The Salty Dog, Green Bamboo, Don Pepe, Old Mill Tavern, Three Sisters Diner, Zaytoun, Bella Napoli, The Black Swan, Kettle & Crumb""",
    "venue_kind": """restaurant, bar, pub, cafe, diner, bistro, tavern, brasserie, steakhouse, pizzeria, food truck, coffee house, tea house, bakery, deli,
        buffet, rooftop bar, gastropub, oyster bar, taverna, ice cream parlor, cafeteria, fast food place, joint, trattoria, brewpub, osteria""",
    "cuisine": """Italian, Mexican, Thai, Indian, Chinese, Japanese, French, Greek, Spanish, Vietnamese, Korean, Turkish, Lebanese, Moroccan, Ethiopian,
        Persian, Cuban, Peruvian, Brazilian, German, Polish, Hungarian, Russian, Scandinavian, Cajun, Southern, vegan, seafood, barbecue, Mediterranean,
        Sicilian, Tuscan, Cantonese, Szechuan, Hawaiian, Caribbean, Indonesian, Malaysian, Nepalese, Portuguese, British, American, Basque, Uzbek""",
    "dish": """lasagna, pad thai, ramen, sushi, tacos, burritos, paella, pizza, moussaka, pho, bibimbap, butter chicken, falafel, gumbo, goulash, pierogi,
        risotto, gnocchi, fish and chips, cheeseburger, ribs, tiramisu, pancakes, waffles, ratatouille, ceviche, dumplings, curry, kebab, poutine, tapas,
        wiener schnitzel, clam chowder, fried rice, lobster, oysters, steak, meatballs, caesar salad, minestrone, biryani, shakshuka""",
    "product": """headphones, backpack, desk lamp, running shoes, water bottle, office chair, phone case, keyboard, umbrella, blender, toaster, raincoat,
        notebook, tent, yoga mat, bicycle helmet, coffee grinder, alarm clock, charger, power bank, suitcase, sunglasses, wool scarf, frying pan, drill,
        screwdriver set, printer paper, ink cartridge, vacuum cleaner, garden hose, bookshelf, mattress, pillow, winter jacket, sneakers, tablet""",
    "food": """apples, bananas, milk, butter, eggs, flour, rice, olive oil, tomatoes, onions, garlic, basil, chicken breast, salmon, tofu, cheddar,
        yogurt, oats, honey, almonds, spinach, carrots, potatoes, lemons, mushrooms, lentils, chickpeas, coconut milk, ginger, cream, sugar, salt""",
    "drink": """cappuccino, latte, flat white, espresso, mocha, americano, cold brew, green tea, chai, hot chocolate, lemonade, orange juice, iced tea,
        ginger ale, sparkling water, macchiato, matcha latte, smoothie, cider, red wine""",
    "color": """red, blue, green, yellow, orange, purple, pink, black, white, grey, brown, beige, turquoise, navy, maroon, teal, gold, silver, ivory,
        lavender, crimson, olive, coral, mint, charcoal""",
    "language": """English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Swedish, Danish, Norwegian, Finnish, Russian, Ukrainian,
        Greek, Turkish, Arabic, Hebrew, Hindi, Bengali, Tamil, Urdu, Chinese, Japanese, Korean, Thai, Vietnamese, Swahili, Welsh, Irish, Catalan""",
    "genre": """jazz, blues, rock, pop, folk, techno, house, ambient, classical, opera, reggae, ska, punk, metal, country, soul, funk, disco, hip hop,
        trap, drum and bass, bluegrass, gospel, swing, salsa, bossa nova, flamenco, indie, grunge, synthwave, lo-fi, chanson, new age, trance, dubstep""",
    "film_genre": """comedy, drama, thriller, horror, western, musical, fantasy, science fiction, documentary, romance, action, adventure, mystery,
        film noir, animation, biography, crime, war, family, superhero""",
    "music_kind": "song, track, album, tune, record, single, soundtrack, symphony, EP, artist, concerto, ballad, hymn, mixtape",
    "work_kind": """book, novel, movie, film, song, album, TV show, TV series, show, series, saga, video game, game, trailer, soundtrack, picture, painting,
        photograph, essay, textbook, chronicle, poem, play, program, television show, comic, podcast, documentary""",
    "film_kind": "movies, films, animated movies, films for kids, movie times, movie schedules, movie schedule, film schedule, showtimes, screenings",
    "cinema_kind": "cinema, movie theatre, movie house, theater, multiplex, film theatre, drive-in, movie theatres, cinemas",
    "cinema": """Odeon, Regal, Grand Cinema, Starlight Theatre, Rialto, Palace Cinemas, Metropolis, Silver Screen Cinemas, Plaza Theatres, Lumiere,
        Cineplex West, Cobb Theatres, Harkins, Star Cinemas, Century Theatres, Roxy, AMC Entertainment, Showplace Twelve""",
    "service": """Spotify, Deezer, Tidal, Apple Music, YouTube, Pandora, SoundCloud, Amazon Music, Netflix, Last Fm, Google Music, Napster, Qobuz, iTunes,
        Vimeo, Bandcamp""",
    "verb": """Break, Burn, Call, Catch, Chase, Climb, Cross, Dance, Dig, Drive, Fall, Feel, Fly, Follow, Forget, Hold, Kiss, Leave, Lose, Paint, Remember, Ride,
        Run, Save, Shake, Sing, Sleep, Swim, Take, Touch, Turn, Wait, Wake, Walk, Watch, Whisper""",
    "mood": """chill, happy, sad, quiet, loud, dirty, smooth, urban, tropical, festive, epic, cozy, classic, fresh, pure, young, old school, sunny, lazy, hot""",
    "sort": """best, cheapest, nearest, newest, top, most popular, highest rated, highly rated, top-rated, popular, best rated, latest, oldest, fastest,
        closest, good, great, famous, trending, recent, top ten, well rated, decent""",
    "relation": "nearby, near, close, close by, around, nearest, closest, within walking distance, in the area, in the neighborhood, not far, far",
    "select": "this, current, the current, next, last, previous, the last, that",
    "owner": "my, our, {first}'s, {first}'s, {first}'s, her, his",
    "here": "here, my current location, current place, my position, my location, current spot, where I am, this area",
    "condition": """rain, snow, sunny, cloudy, foggy, windy, stormy, hail, humid, overcast, drizzle, a blizzard, thunderstorms, rainy, snowy, clear skies,
        a storm, sleet, freezing rain, a tornado, smog, rainfall, snowfall, mist""",
    "temperature_word": "cold, hot, warm, chilly, freezing, cool, colder, warmer, hotter, mild, cooler, boiling, frosty",
    "facility": """parking, a pool, wifi, outdoor seating, a terrace, air conditioning, a playground, wheelchair access, a smoking room, internet, a bar,
        valet parking, a sauna, a gym, live music, a view""",
    "room": "kitchen, living room, bedroom, bathroom, hallway, garage, basement, attic, office, nursery, dining room, guest room, balcony, patio, garden",
    "device": "lamp, heater, fan, television, speaker, thermostat, blinds, dishwasher, oven, ceiling light, air conditioner, radio, robot vacuum, door lock",
    "sport": "football, tennis, basketball, hockey, rugby, cricket, volleyball, handball, golf, swimming, cycling, boxing, badminton, baseball, skiing",
    "team": """Red Hawks, River City FC, Northern Lions, Bay Sharks, Steel Bears, Union Rovers, Coastal Giants, Thunderbirds, Royal Eagles, Valley Foxes""",
    "animal": "dog, cat, rabbit, parrot, hamster, turtle, horse, goldfish, guinea pig, ferret, canary, lizard",
    "job": "nurse, teacher, plumber, electrician, data analyst, chef, lawyer, accountant, carpenter, barista, pilot, pharmacist, software engineer, architect",
    "department": "sales, marketing, finance, legal, human resources, engineering, support, logistics, research, procurement, design, facilities",
    "subject": "algebra, biology, chemistry, physics, history, geography, economics, statistics, philosophy, literature, calculus, art history, robotics",
    "doctor": "dentist, dermatologist, cardiologist, pediatrician, optometrist, general practitioner, gynecologist, psychiatrist, orthopedist, ENT specialist",
    "currency": "EUR, USD, GBP, CHF, JPY, SEK, NOK, DKK, PLN, CZK, HUF, CAD, AUD, NZD, INR, CNY, BRL, MXN, ZAR, TRY",
    "airport": "BRU, BHX, DUS, HAM, GVA, LUX, OPO, PMI, STN, TLL, VCE, SAN, PHX, LAS, PDX, AUS, MSP, CLT, RDU, SLC, ADL, CTS, KIX, MNL, DEL, BOM, CMN",
    "airline": "Lufthansa, KLM, Air Canada, Delta, Iberia, Finnair, Qantas, Emirates, Swiss, Ryanair, easyJet, Southwest, ANA, Norwegian, Alaska Airlines",
    "brand": "Sony, Bosch, Philips, Samsung, Logitech, Canon, Dyson, Lego, Ikea, Patagonia, Adidas, Lenovo, Garmin, Makita, Braun, Nikon",
    "software": "Photoshop, Excel, Slack, Jira, Postgres, Firefox, Zoom, Figma, Docker, Outlook, Blender, Notion, Teams, the payroll app, the booking site",
    "hotel": "Hotel Aurora, Grand Plaza, Seaside Inn, The Linden, Park View Lodge, Hotel Bristol, The Old Mill, City Garden Hotel, Motel 12, Alpine Lodge",
    "playlist": """Road Trip, Chill Out, Morning Coffee, Workout Hits, Deep Focus, Summer Vibes, Rainy Sunday, 90s Party, Sleep Sounds, Indie Gold, Late
        Night Drive, Running Wild, Acoustic Covers, Classic Rock Legends, Dinner with Friends, Study Time, All Out 80s, Metal Monday, Latin Heat, laundry,
        gaming, throwback, piano in the dark, feel good dance, songs to sing in the shower, This Is Mozart, women of soul, cooking, meditation, hot 50""",
    "event": """team lunch, dentist appointment, parents evening, yoga class, birthday party, sprint review, book club, choir practice, budget meeting, board
        meeting, haircut, job interview, product demo, wine tasting, wedding, housewarming, vet visit, football practice, guitar lesson, open day""",
    "task": """water the plants, call the plumber, pay the rent, buy cat food, renew the passport, pick up the parcel, clean the gutters, book the ferry,
        return the library books, charge the car, write to grandma, empty the dishwasher, back up the photos, order new glasses, fix the fence""",
    "problem": """the screen stays black, it keeps crashing, the door does not close, I cannot log in, the parcel arrived damaged, the heating makes a noise,
        the invoice is wrong, pages load very slowly, the sink is leaking, no sound comes out, the battery drains too fast, the app freezes at startup,
        my card was declined, the printer jams, the lift is stuck, I was charged twice""",
    "message": """I will be ten minutes late, the meeting moved to Monday, please call me back, happy birthday, dinner is ready, thanks for your help, see you
        at the station, we need more time, the keys are under the mat, everything went well, can you send the slides, don't forget the tickets, on my way,
        good luck tomorrow, the contract is signed, please check the second page""",
    "query": """solar panels, cheap flights, vegan recipes, electric bikes, tax deadline, climate report, noise cancelling, home insurance, knitting patterns,
        refund policy, hiking boots, machine learning, mortgage rates, sourdough, garden ideas, remote jobs, world cup, new laptops, city council""",
    "tag": "urgent, work, personal, travel, bills, ideas, later, recipes, health, kids, home, finance, archive, important, draft",
    "adjective": """Silent, Golden, Broken, Endless, Crimson, Hidden, Little, Last, Burning, Frozen, Electric, Wild, Lonely, Velvet, Hollow, Distant, Paper,
        Scarlet, Sacred, Invisible, Bitter, Modern, Northern, Midnight, Secret, Perfect, Stolen, Second, Glass, Iron""",
    "noun": """River, Garden, Mirror, Winter, Road, Letters, Kingdom, Shadow, Ocean, Machine, Summer, Stranger, Bridge, Ghost, Harvest, Fire, Island, Moon,
        Dream, Forest, Clock, Empire, Thief, Daughter, Storm, Valley, Horizon, Sparrow, Promise, Stars, Lion, Tide, Station, Wolves, Heart, Rain""",
    "file": "report.pdf, notes.txt, budget.xlsx, photo_12.jpg, slides.pptx, backup.zip, config.yaml, invoice-2231.pdf, data.csv, readme.md, logo.png, main.py",
    "symptom": "headache, cough, fever, sore throat, back pain, nausea, rash, dizziness, toothache, insomnia, runny nose, knee pain",
    "medicine": "ibuprofen, paracetamol, amoxicillin, insulin, aspirin, metformin, cetirizine, omeprazole, vitamin D, melatonin",
    "timezone": "Europe/Vienna, Europe/Madrid, America/Denver, America/Toronto, Asia/Seoul, Australia/Perth, Africa/Cairo, UTC, Asia/Kolkata, America/Lima",
    "host": "web-01, db-master, mail2, build-7, api.internal, cache-eu-3, gateway, backup01, worker-12, staging-web",
    "account": "checking, savings",
    "price_range": "cheap, inexpensive, moderate, mid-range, expensive, upscale",
}

POOLS: dict[str, tuple[str, ...]] = {
    topic: tuple(dict.fromkeys(" ".join(word.split()) for word in text.split(","))) for topic, text in _TEXT.items()
}
"""Words by topic."""

_STARTS = "ba be bri bro ca cel cor da del dro el fa fen flo ga gil gre ha hol il ja jun ka kel ko la lum ma mer mo na nim or pa per qui ra ri sa sol ta ter ul va ver wil xa yor za zin"
_ENDS = "n r s l th na ra lo ton ver ford ly berg ia um ex on is ar el os wick mont dale ska nder mi que lin"


def coined(rng: Random) -> str:
    """A word that nobody has seen: "Solverton". Only copying gets it right."""
    starts, ends = _STARTS.split(), _ENDS.split()
    return ("".join(rng.choice(starts) for _ in range(rng.randint(1, 3))) + rng.choice(ends)).capitalize()
