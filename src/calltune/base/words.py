"""Word lists of the invented tools: names, places, things, and a stable split of every list into train and test.

In: nothing. Out: `Pool`s of words. The lists were written by hand for this package. A word whose hash ends in 0 is kept
for the test split, so that a test never copies a word that training copied; lists too short to split are shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from zlib import crc32

MIN_TEST_WORDS = 4
"""A list whose test part would be smaller than this is shared by both splits."""


def is_test_word(word: str) -> bool:
    """Whether a word is kept for the test split: stable over runs and machines, one word in ten."""
    return crc32(word.lower().encode()) % 10 == 0


class Pool:
    """A list of words in two parts."""

    __slots__ = ("test", "train")

    def __init__(self, words: Iterable[str]) -> None:
        every = tuple(dict.fromkeys(words))
        test = tuple(word for word in every if is_test_word(word))
        train = tuple(word for word in every if not is_test_word(word))
        shared = len(test) < MIN_TEST_WORDS
        self.train = every if shared else train
        self.test = every if shared else test

    def part(self, split: str) -> tuple[str, ...]:
        """The words of one split."""
        return self.test if split == "test" else self.train

    def pick(self, rng: Random, split: str) -> str:
        """One word of a split."""
        words = self.test if split == "test" else self.train
        return words[int(rng.random() * len(words))]


def _split(text: str) -> list[str]:
    """Words between commas (where there are any) or white space."""
    return [" ".join(word.split()) for word in text.split(",") if word.strip()] if "," in text else text.split()


FIRST_NAMES = Pool(
    _split(
        """
    Anna Ben Carla David Emma Felix Grace Hugo Ines Jonas Karin Liam Maria Noah Olivia Paul Quentin Rosa Samuel
    Tara Umar Vera Walter Xenia Yusuf Zoe Adele Bruno Chloe Dimitri Elena Farid Greta Hannah Ivan Julia Kenji
    Laura Marco Nadia Oscar Priya Ravi Sofia Thomas Ursula Viktor Wendy Yara Zane Aisha Boris Clara Diego Esther
    Fatima George Helen Igor Jasmine Karl Leila Mateo Nina Omar Petra Rashid Sven Theo Una Vincent Willa Yannick
    Zara Amelia Bella Caleb Daniel Elijah Frank Gina Harold Isla Jack Kate Lucas Mia Nathan Otto Peter Ruth Simon
    Tim Uma Vivian Wanda Xavier Yolanda Zachary Abigail Arthur Beatrice Charlie Dora Edgar Fiona Gavin Heidi Ian
    Jane Kevin Lily Max Nora Owen Penny Ralph Sarah Tom Val Will Mohammed Svetlana Chen Wei Mei Hiro Yuki Akira
    Sanjay Anita Deepak Lakshmi Kofi Ama Kwame Zuri Thabo Lindiwe Pablo Lucia Javier Carmen Miguel Ana João Inês
    Zoë François Chloé Søren Åsa Jürgen Łukasz Siobhán Niamh Cillian Aoife Rhys Gwen Angus Morag Freya Astrid
    Bjørn Ingrid Lars Mikael Aino Eero Katya Dmitry Olga Pavel Milan Zdenka Tibor Ilona Stavros Eleni Giorgos Luca
    Giulia Matteo Chiara Pietro Anouk Bram Daan Femke Sanne Elif Mehmet Ayse Emre Layla Hassan Noor Tariq Salma
    Idris Amina Blessing Chidi Ngozi Tunde Marisol Ximena Rodrigo Camila Thiago Beatriz Rafael Gustavo Valentina
    Nicolas Agnes Alfred Bertha Clement Doris Ernest Flora Gilbert Harriet Irving Joyce Kurt Leonard Mabel Norman
    Opal Percy Queenie Reginald Stella Trevor Violet Winston
    """
    )
)

LAST_NAMES = Pool(
    _split(
        """
    Smith Johnson Brown Miller Garcia Novak Silva Kim Park Tanaka Sato Ivanov Petrov Müller Schmidt Weber Fischer
    Rossi Ferrari Bianchi Dubois Moreau Laurent Lopez Martinez Fernandez Costa Santos Almeida Andersson Berg
    Lindqvist Hansen Olsen Nielsen Korhonen Virtanen Kowalski Nowak Horvat Nagy Szabo Popescu Dimitrov Papadakis
    Yilmaz Demir Haddad Khan Ahmed Patel Sharma Singh Gupta Reddy Nguyen Tran Wong Chan Li Zhang Wang Okafor
    Mensah Diallo Abebe Mwangi Dlamini Cohen Levy Murphy Kelly O'Brien Byrne Evans Jones Davies Campbell Stewart
    Walker Wright Hill Green Baker Carter Turner Cooper Reed Bell Ward Foster Gray Hughes Price Long Shaw Fox Hunt
    Palmer Stone Grant Knight Wells Hart Lane Frost Marsh Pike Wolfe Barlow Thornton Ashby Whitfield Kensington
    Delacroix Montoya Villanueva Castellanos Oyelaran Bhattacharya Szymanski Johansson Eriksen Vasquez Ortega
    Quintero Beaumont Lefebvre Winterbourne Hollister Abernathy McAllister MacLeod Fitzgerald Van Dyke
    """
    )
)

CITIES = Pool(
    _split(
        """
    Paris, London, Oslo, Berlin, Madrid, Rome, Vienna, Prague, Warsaw, Lisbon, Dublin, Athens, Helsinki,
    Stockholm, Copenhagen, Amsterdam, Brussels, Zurich, Geneva, Budapest, Sofia, Bucharest, Belgrade, Zagreb,
    Kyiv, Istanbul, Ankara, Cairo, Lagos, Nairobi, Accra, Dakar, Tunis, Casablanca, Cape Town, Johannesburg,
    Tokyo, Osaka, Kyoto, Seoul, Busan, Beijing, Shanghai, Hong Kong, Taipei, Manila, Jakarta, Bangkok, Hanoi,
    Singapore, Kuala Lumpur, Mumbai, Delhi, Chennai, Kolkata, Karachi, Lahore, Dhaka, Colombo, Dubai, Doha,
    Riyadh, Tehran, Baghdad, Amman, Beirut, Sydney, Melbourne, Perth, Auckland, Wellington, New York, Boston,
    Chicago, Seattle, Denver, Austin, Houston, Dallas, Phoenix, Portland, San Diego, San Jose, San Francisco, Los
    Angeles, Las Vegas, Miami, Atlanta, Orlando, Detroit, Cleveland, Pittsburgh, Philadelphia, Baltimore,
    Nashville, Memphis, New Orleans, Toronto, Montreal, Vancouver, Calgary, Ottawa, Quebec City, Mexico City,
    Guadalajara, Havana, Lima, Bogotá, Quito, Santiago, Buenos Aires, Montevideo, São Paulo, Rio de Janeiro,
    Porto, Seville, Granada, Valencia, Bilbao, Lyon, Marseille, Bordeaux, Nice, Lille, Toulouse, Milan, Turin,
    Naples, Venice, Florence, Palermo, Munich, Hamburg, Cologne, Leipzig, Dresden, Bergen, Trondheim, Tromsø,
    Malmö, Gothenburg, Uppsala, Tampere, Turku, Tallinn, Riga, Vilnius, Gdańsk, Kraków, Brno, Graz, Salzburg,
    Innsbruck, Bern, Basel, Lausanne, Ghent, Antwerp, Bruges, Rotterdam, Utrecht, Leiden, Edinburgh, Glasgow,
    Cardiff, Belfast, Manchester, Liverpool, Leeds, York, Bath, Oxford, Cambridge, Brighton, Galway, Cork,
    Reykjavik, Nuuk, Walnut Creek, Santa Rosa, Palo Alto, Oak Harbor, Maple Grove, Cedar Falls, Long Beach, Mount
    Vernon, Spring Valley, Fort Collins, Grand Rapids, Little Rock, Santa Fe, El Paso, Baton Rouge, Saint Paul,
    Ann Arbor, Boulder, Tucson, Fresno, Sacramento, Oakland, Anaheim, Boise, Omaha, Tulsa, Wichita, Des Moines,
    Madison, Ålesund, Zaragoza, Córdoba, Fort Lauderdale, Salt Lake City, Ulaanbaatar, Almaty, Tashkent,
    Kathmandu, Thimphu, Phnom Penh
    """
    )
)

COUNTRIES = Pool(
    _split(
        """
    France, Norway, Germany, Spain, Italy, Austria, Poland, Portugal, Ireland, Greece, Finland, Sweden, Denmark,
    Netherlands, Belgium, Switzerland, Hungary, Bulgaria, Romania, Serbia, Croatia, Ukraine, Turkey, Egypt,
    Nigeria, Kenya, Ghana, Senegal, Tunisia, Morocco, South Africa, Japan, South Korea, China, Taiwan, Indonesia,
    Thailand, Vietnam, Malaysia, India, Pakistan, Bangladesh, Sri Lanka, Qatar, Saudi Arabia, Iran, Iraq, Jordan,
    Lebanon, Australia, New Zealand, Canada, Mexico, Cuba, Peru, Colombia, Ecuador, Chile, Argentina, Uruguay,
    Brazil, Iceland, Estonia, Latvia, Lithuania, Slovakia, Slovenia, Albania, Malta, Cyprus, Georgia, Armenia,
    Kazakhstan, Mongolia, Nepal, Bhutan, Cambodia, Laos, Fiji, Samoa, Tonga, Madagascar, Zambia, Botswana,
    Namibia, Rwanda, Uganda, Tanzania, Ethiopia, Mali, Niger, Chad, Gabon, Togo, Benin, Bolivia, Paraguay, Panama,
    Costa Rica, Guatemala, Jamaica
    """
    )
)

REGIONS = Pool(
    _split(
        """
    California, Texas, Oregon, Nevada, Utah, Ohio, Florida, Georgia, Maine, Vermont, Kansas, Iowa, Montana, Idaho,
    Alaska, Hawaii, Virginia, North Carolina, South Dakota, New Jersey, West Virginia, New Mexico, Bavaria,
    Tuscany, Andalusia, Brittany, Normandy, Provence, Catalonia, Tyrol, Lombardy, Sicily, Crete, Lapland,
    Scotland, Wales, Cornwall, Kent, Ontario, Alberta, Manitoba, Nova Scotia, Queensland, Tasmania, Victoria,
    Hokkaido, Kerala, Punjab, Rajasthan, Sichuan, Yunnan, Patagonia, Chiapas, Oaxaca
    """
    )
)

AIRPORTS = Pool(
    _split(
        """
    JFK LAX SFO ORD ATL DFW DEN SEA BOS MIA LHR LGW CDG ORY AMS FRA MUC ZRH VIE MAD BCN LIS DUB CPH OSL ARN HEL
    WAW PRG BUD ATH IST DXB DOH SIN HKG NRT HND ICN PEK PVG BKK KUL SYD MEL AKL JNB CAI NBO GRU EZE SCL BOG LIM
    MEX YYZ YVR YUL
    """
    )
)

STREETS = Pool(
    _split(
        """
    Main Street, Oak Avenue, Maple Drive, Elm Street, Cedar Lane, Park Road, High Street, Church Street, Mill
    Lane, Station Road, Victoria Road, King Street, Queen Street, Harbor View, Sunset Boulevard, River Road, Lake
    Drive, Hill Street, Bridge Street, Market Square, Garden Terrace, Willow Way, Birch Close, Pine Court,
    Chestnut Grove, Orchard Row, Castle Hill, Abbey Walk, Rue de Rivoli, Gran Via, Hauptstrasse, Via Roma,
    Storgata, Keizersgracht, Elm Grove, Foundry Lane, Canal Street, Tower Place
    """
    )
)

PLACES = Pool(
    _split(
        """
    Central Station, City Hall, Riverside Park, Greenwood Mall, Union Square, Grand Hotel, Harbor Terminal, Museum
    of Modern Art, Botanical Garden, Lakeside Arena, Westfield Library, Old Town Market, St Mary's Hospital, Blue
    Lagoon, Mirror Lake, Eagle Point, Pine Ridge Trail, North Beach, Sunset Pier, Castle Rock, Silver Falls,
    Monterey Bay Aquarium, Redwood National Park, Cedar Canyon, Liberty Theatre, Apollo Hall, Metro Cinema, Orion
    Stadium, Kings Cross, Victoria Station, Terminal 3, Gate B12, Hangar 7, Conference Centre West, Meeting Room
    4, Lecture Hall B, Northgate Campus, Maple Leaf Gardens, Palace of Fine Arts, Piazza Navona, Alexanderplatz,
    Shibuya Crossing, Table Mountain, Mount Fuji, Loch Ness, Lake Como, Yellowstone, Ecola State Park, Zion Lodge
    """
    )
)

COMPANIES = Pool(
    _split(
        """
    Acme Corp, Globex, Initech, Umbra Labs, Northwind Traders, Contoso, Fabrikam, Blue Yonder, Wide World
    Importers, Stark Metals, Wayne Logistics, Soylent Foods, Hooli, Vandelay Industries, Cyberline, Tyrell Optics,
    Aperture Tools, Black Mesa, Oceanic Air, Sirius Robotics, Bright Harbor, Copper Fox, Lumen Energy, Terra Nova,
    Velvet Cloud, Quantum Leaf, Silver Birch Bank, Redwood Capital, Maple Health, Polar Freight, Nimbus Data,
    Orchid Media, Pixel Forge, Granite Works, Falcon Motors, Harvest Table, Kite Telecom, Juniper Legal, Atlas
    Shipping, Beacon Insurance, Cobalt Software, Delta Dairy, Ember Studios, Fjord Textiles, Glacier Water
    """
    )
)

BRANDS = Pool(
    _split(
        """
    Nordlux, Zenwave, Kestrel, Aurelia, Brightly, Cresto, Domura, Evolta, Ferrano, Gladwin, Hexon, Ivory Coast,
    Jupita, Kallax, Lumos, Marvell, Nexo, Optima, Pronto, Quora, Rexton, Sontra, Tavira, Uplift, Vantage, Wexford,
    Xylo, Yamato, Zephyr, Bosun
    """
    )
)

SERVICES = Pool(
    _split(
        """
    Spotify, Deezer, Tidal, Netflix, YouTube, SoundCloud, Bandcamp, Pandora, Last Fm, Vimeo, Google Music, Apple
    Music, Groove, Slacker, Qobuz, Napster, Mixcloud, Audible, TuneIn, iHeart
    """
    )
)

RESTAURANTS = Pool(
    _split(
        """
    Blue Ginger, Casa Lucia, Golden Dragon, Chez Marie, Bella Napoli, Sakura House, Taj Palace, Green Olive, Old
    Mill Tavern, Harbor Grill, Spice Route, Little Hanoi, Le Petit Four, Trattoria Verde, Smokehouse 21, Noodle
    Barn, Olive & Thyme, Red Lantern, Pasta Fresca, Burger Yard, Sushi Kan, Curry Leaf, Mezze Garden, Copper
    Kettle, Wild Fig, Corner Bistro, Lemon Tree, Piri Piri, Zaatar, Kimchi Corner, Taqueria del Sol, El Jardin,
    Bavarian Cellar, Pho 79, Salt and Smoke, Moonlight Diner, Fisherman's Table
    """
    )
)

CUISINES = Pool(
    _split(
        """
    Italian, Chinese, Japanese, Thai, Indian, Mexican, French, Greek, Turkish, Korean, Vietnamese, Spanish,
    Lebanese, Ethiopian, Moroccan, Peruvian, Brazilian, German, Polish, Persian, Cuban, Nepalese, Georgian,
    Basque, Cajun, Sicilian, Cantonese, Creole, vegan, vegetarian, seafood, barbecue, fusion, tapas, sushi, gluten
    free, south indian, eastern european, tex-mex, ramen
    """
    )
)

DISHES = Pool(
    _split(
        """
    pizza, lasagna, pad thai, fried rice, tacos, burritos, ramen, sushi, paella, couscous, goulash, pierogi,
    falafel, hummus, chicken curry, beef stew, fish and chips, caesar salad, tomato soup, grilled salmon, mushroom
    risotto, pancakes, waffles, omelette, cheeseburger, veggie burger, spring rolls, dumplings, banana bread,
    apple pie, cheesecake, tiramisu, brownies, garlic bread, macaroni and cheese, pumpkin soup, lentil stew,
    ratatouille, quiche, moussaka, shakshuka, ceviche, empanadas, schnitzel
    """
    )
)

FOODS = Pool(
    _split(
        """
    milk, eggs, bread, butter, cheese, rice, pasta, flour, sugar, salt, pepper, olive oil, tomatoes, onions,
    garlic, potatoes, carrots, apples, bananas, oranges, lemons, grapes, spinach, lettuce, cucumbers, mushrooms,
    chicken, beef, salmon, tuna, tofu, beans, lentils, yogurt, cream, honey, jam, coffee, tea, orange juice, oat
    milk, almonds, walnuts, chocolate, vanilla, cinnamon, basil, parsley, ginger, soy sauce, vinegar, paper
    towels, dish soap, toothpaste, shampoo, batteries, dog food, cat litter, light bulbs
    """
    )
)

DRINKS = Pool(
    _split(
        """
    latte, cappuccino, espresso, flat white, americano, mocha, green tea, black tea, chai, hot chocolate,
    lemonade, iced tea, orange juice, smoothie, cola, sparkling water, ginger ale, cold brew, macchiato, matcha
    latte
    """
    )
)

PRODUCTS = Pool(
    _split(
        """
    running shoes, wireless mouse, desk lamp, office chair, water bottle, backpack, winter jacket, rain coat,
    phone case, headphones, laptop stand, usb cable, mechanical keyboard, monitor, webcam, printer paper, ink
    cartridge, coffee maker, toaster, blender, kettle, vacuum cleaner, air fryer, yoga mat, dumbbells, bicycle
    helmet, tent, sleeping bag, hiking boots, sunglasses, wristwatch, necklace, notebook, fountain pen, board
    game, puzzle, teddy bear, picture frame, candle, blanket, pillow, curtain, garden hose, lawn mower, drill,
    hammer, screwdriver set, paint roller, ladder, tool box, smart speaker, tablet, e-reader, camera, tripod,
    memory card, power bank, router, hard drive, graphics card, microphone, guitar strings, drum sticks, piano
    stool, car tires, wiper blades
    """
    )
)

ROOMS = Pool(
    _split(
        """
    kitchen, living room, bedroom, bathroom, hallway, garage, office, basement, attic, dining room, nursery, guest
    room, balcony, laundry room, porch, study, den, garden, terrace, pantry, master bedroom, home office, sunroom,
    workshop, cellar, playroom, entrance, conservatory, utility room, upstairs bathroom
    """
    )
)

DEVICES = Pool(
    _split(
        """
    ceiling light, floor lamp, table lamp, desk lamp, thermostat, heater, fan, air conditioner, humidifier,
    dehumidifier, television, speaker, soundbar, coffee machine, dishwasher, washing machine, dryer, oven, robot
    vacuum, sprinkler, doorbell camera, front door, back door, garage door, window blinds, curtains, radiator,
    towel rail, water heater, air purifier, night light, porch light, security camera, smart plug, projector,
    fireplace, fridge, freezer, kettle, router
    """
    )
)

SCENES = Pool(
    _split(
        """
    movie night, good morning, bedtime, dinner, party, reading, away, vacation, relax, focus, romance, wake up,
    gaming
    """
    )
)

MACHINES = Pool(
    _split(
        """
    laptop, printer, docking station, monitor, projector, phone, headset, keyboard, scanner, badge reader, VPN
    client, mailbox, shared drive, router, switch, access point, tablet, webcam, conference phone, server,
    workstation, hard drive
    """
    )
)

SOFTWARE = Pool(
    _split(
        """
    Photoshop, Excel, Outlook, Slack, Zoom, Jira, Confluence, Figma, Salesforce, SAP, AutoCAD, Tableau, GitLab,
    Docker, Postgres, Redis, Nginx, Kafka, Grafana, Jenkins, Terraform, Kubernetes, Visio, Teams, SharePoint,
    Okta, Workday, Zendesk, Snowflake, Airtable
    """
    )
)

HOSTS = Pool(
    _split(
        """
    web-01, web-02, db-primary, db-replica-3, cache-eu, auth-gateway, build-runner-7, mail-relay, edge-nyc-4,
    payments-api, search-node-12, staging-app, prod-worker-05, metrics-collector, backup-nas, vpn-east,
    lb-internal, queue-broker-2, ml-trainer-1, checkout-service, user-profile-svc, image-resizer, log-shipper,
    dns-core, api-v2, frontend-canary, batch-night, geo-indexer
    """
    )
)

COLORS = Pool(
    _split(
        """
    red, green, blue, yellow, orange, purple, pink, white, black, brown, grey, turquoise, teal, navy, beige, gold,
    silver, maroon, olive, lavender, magenta, cyan, indigo, violet, coral, crimson, warm white, cool white, dark
    green, light blue, sky blue, rose
    """
    )
)

LANGUAGES = Pool(
    _split(
        """
    English, French, German, Spanish, Italian, Portuguese, Dutch, Swedish, Norwegian, Danish, Finnish, Polish,
    Czech, Hungarian, Romanian, Greek, Turkish, Russian, Ukrainian, Arabic, Hebrew, Hindi, Bengali, Urdu, Tamil,
    Thai, Vietnamese, Korean, Japanese, Mandarin, Swahili, Zulu, Welsh, Irish, Icelandic, Latin, Catalan, Basque
    """
    )
)

GENRES = Pool(
    _split(
        """
    jazz, rock, pop, classical, blues, folk, country, hip hop, techno, house, ambient, reggae, soul, funk, metal,
    punk, opera, indie, swing, bluegrass, salsa, samba, tango, flamenco, gospel, disco, grunge, trance, drum and
    bass, lo-fi, R&B, K-pop, chanson
    """
    )
)

FILM_GENRES = Pool(
    _split(
        """
    comedy, drama, thriller, horror, science fiction, fantasy, romance, mystery, documentary, western, animation,
    adventure, crime, biography, historical fiction, poetry, cookbook, war, musical, film noir, young adult,
    memoir, satire, true crime
    """
    )
)

INSTRUMENTS = Pool(
    _split(
        """
    guitar, piano, violin, cello, flute, drums, trumpet, saxophone, clarinet, harp, banjo, ukulele, oboe, organ
    """
    )
)

SPORTS = Pool(
    _split(
        """
    football, basketball, tennis, baseball, hockey, rugby, cricket, golf, volleyball, handball, badminton,
    swimming, cycling, rowing, boxing, skiing, surfing, climbing, yoga, pilates, running, table tennis, water
    polo, fencing, archery, judo, chess
    """
    )
)

TEAMS = Pool(
    _split(
        """
    Lions, Falcons, Red Hawks, Rovers, United, City Wolves, Thunder, Bay Sharks, River Kings, Iron Bears, Golden
    Eagles, Comets, Northern Stars, Blue Devils, Spartans, Wildcats, Mountain Goats, Harbor Seals, Racing Club,
    Vikings, Dynamo, Real Aurora, Pirates, Storm, Blazers, Rockets, Panthers, Mariners, Highlanders, Celtic Oaks
    """
    )
)

ANIMALS = Pool(
    _split(
        """
    dog, cat, rabbit, hamster, parrot, goldfish, horse, cow, goat, sheep, pig, chicken, duck, goose, turtle,
    snake, lizard, ferret, guinea pig, canary, alpaca, donkey, bee, llama
    """
    )
)

PET_NAMES = Pool(
    _split(
        """
    Rex, Bella, Luna, Milo, Coco, Simba, Nala, Biscuit, Pepper, Shadow, Ginger, Mittens, Fluffy, Rocky, Daisy,
    Gizmo
    """
    )
)

PLANTS = Pool(
    _split(
        """
    roses, tomatoes, basil, tulips, orchids, ferns, cactus, lavender, mint, strawberries, corn, wheat, barley,
    potatoes, lettuce, sunflowers, apple trees, grapevines, carrots, onions, soybeans, cotton, pumpkins, spinach,
    rosemary, bonsai, bamboo, olives
    """
    )
)

JOBS = Pool(
    _split(
        """
    software engineer, data analyst, nurse, teacher, accountant, electrician, plumber, chef, waiter, driver,
    architect, designer, project manager, lawyer, dentist, pharmacist, mechanic, carpenter, photographer,
    translator, receptionist, sales manager, barista, security guard, civil engineer, product owner, research
    scientist, copywriter, warehouse clerk, social worker, welder, florist
    """
    )
)

DOCTORS = Pool(
    _split(
        """
    dentist, cardiologist, dermatologist, pediatrician, optometrist, psychologist, physiotherapist, gynecologist,
    neurologist, orthopedist, allergist, general practitioner, radiologist, hair stylist, barber, manicurist,
    massage therapist, vet
    """
    )
)

DEPARTMENTS = Pool(
    _split(
        """
    sales, marketing, finance, legal, engineering, support, human resources, operations, procurement, research,
    IT, logistics, design, security, customer success, accounting, quality assurance, facilities, compliance,
    public relations, payroll, training
    """
    )
)

SUBJECTS = Pool(
    _split(
        """
    algebra, biology, chemistry, physics, history, geography, literature, philosophy, economics, statistics, art
    history, music theory, computer science, astronomy, geology, linguistics, sociology, psychology, law,
    medicine, robotics, calculus, ethics
    """
    )
)

MEDICINES = Pool(
    _split(
        """
    ibuprofen, aspirin, paracetamol, amoxicillin, metformin, insulin, lisinopril, omeprazole, vitamin D,
    cetirizine, melatonin, iron tablets, folic acid, prednisone, salbutamol, warfarin, atorvastatin, codeine,
    loratadine, zinc
    """
    )
)

SYMPTOMS = Pool(
    _split(
        """
    headache, fever, sore throat, back pain, cough, nausea, dizziness, rash, toothache, runny nose, stomach ache,
    insomnia, fatigue, chest pain, blurred vision, joint pain, earache, muscle cramps, heartburn, sneezing
    """
    )
)

ALLERGIES = Pool(
    _split(
        """
    peanuts, shellfish, gluten, lactose, eggs, soy, pollen, dust, penicillin, latex, sesame, strawberries, cats,
    bee stings
    """
    )
)

STOCKS = Pool(
    _split(
        """
    AAPL MSFT GOOG AMZN TSLA META NFLX NVDA AMD INTC IBM ORCL SAP ADBE CRM PYPL UBER DIS NKE KO PEP MCD SBUX BA GE
    F GM T VZ JPM BAC WFC
    """
    )
)

CRYPTO = Pool(
    _split(
        """
    bitcoin, ethereum, dogecoin, litecoin, solana, cardano, polkadot, ripple, monero, tether
    """
    )
)

CURRENCY_CODES = Pool(
    _split(
        """
    USD EUR GBP JPY CHF SEK NOK DKK PLN CZK HUF AUD CAD NZD CNY INR BRL MXN ZAR TRY KRW SGD THB AED
    """
    )
)

CURRENCY_NAMES = {
    "USD": "dollars|US dollars",
    "EUR": "euros|euro",
    "GBP": "pounds|British pounds",
    "JPY": "yen|Japanese yen",
    "CHF": "Swiss francs",
    "SEK": "Swedish kronor",
    "NOK": "Norwegian kroner",
    "DKK": "Danish kroner",
    "PLN": "Polish zloty",
    "CAD": "Canadian dollars",
    "AUD": "Australian dollars",
    "INR": "rupees|Indian rupees",
    "MXN": "Mexican pesos",
    "CNY": "yuan|Chinese yuan",
    "KRW": "Korean won",
    "BRL": "Brazilian reais",
    "ZAR": "South African rand",
    "TRY": "Turkish lira",
}
"""How people say a currency whose code a schema asks for."""

TIMEZONES = Pool(
    _split(
        """
    Europe/Paris Europe/Oslo Europe/London America/New_York America/Chicago America/Denver America/Los_Angeles
    Asia/Tokyo Asia/Kolkata Asia/Shanghai Australia/Sydney Africa/Nairobi America/Sao_Paulo Pacific/Auckland UTC
    CET EST PST GMT JST
    """
    )
)

MATERIALS = Pool(
    _split(
        """
    steel, wood, oak, pine, glass, plastic, aluminium, copper, cotton, wool, leather, concrete, marble, granite,
    brick, rubber, silk, linen, bamboo, ceramic, gravel, sand, clay, titanium
    """
    )
)

VEHICLES = Pool(
    _split(
        """
    Toyota Corolla, Honda Civic, Ford Focus, Volvo XC60, Fiat 500, Tesla Model 3, BMW X5, Audi A4, Nissan Leaf,
    Kia Sportage, Hyundai i30, Mazda MX-5, Renault Clio, Skoda Octavia, Jeep Wrangler, Subaru Outback, Ford
    Transit, Peugeot 208, Opel Corsa
    """
    )
)

AIRLINES = Pool(
    _split(
        """
    Delta, United, Lufthansa, KLM, Air France, Ryanair, easyJet, Emirates, Qatar Airways, Finnair, Norwegian,
    Iberia, Southwest, JetBlue, Alaska Airlines, American Airlines, British Airways, Swiss, Turkish Airlines, Wizz
    Air
    """
    )
)

ADJECTIVES = Pool(
    _split(
        """
    last first broken silent golden hidden little burning distant electric endless empty frozen gentle hollow
    lonely lost midnight paper quiet red restless secret silver slow small stolen strange sudden sweet velvet
    wandering wild winter wooden young ancient blue bright crooked dark early fallen final green heavy invisible
    late long open pale perfect random rising sacred second sleeping soft summer tall tender thin third true
    unknown upside warm white yellow second-hand northern southern infinite honest modern
    """
    )
)

TITLE_NOUNS = Pool(
    _split(
        """
    harbor river house garden winter night morning mountain letter train window mirror road sea shore dream shadow
    summer storm fire heart stone bird wolf king queen daughter soldier sailor stranger dancer clock machine
    island forest city bridge tower lake moon sun star sky rain snow wind ghost song story game secret war peace
    hour year kingdom crown sword rose lion fox horse tiger whale boat ship lighthouse desert valley orchard
    kitchen table door key book map compass lantern candle mask circus carnival railway station hotel motel diner
    market bakery library museum theater piano violin drum radio signal engine rocket planet comet galaxy ocean
    tide wave anchor feather thread needle scarf coat shoe glass bottle coffee sugar salt honey apple cherry lemon
    """
    )
)

TITLE_VERBS = Pool(
    _split(
        """
    walking running dancing falling waiting chasing leaving dreaming burning singing sailing drifting looking
    learning breaking living driving counting hunting swimming talking writing crossing hiding painting shining
    turning building believing sleeping
    """
    )
)

PLAYLISTS = Pool(
    _split(
        """
    Workout, Chill Out, Road Trip, Summer Hits, Deep Focus, Party Mix, Sunday Morning, Throwback Thursday, Indie
    Gems, Sleep Sounds, Rainy Day, Dinner Jazz, Running 160, Metal Monday, Coffee House, Study Beats, Love Songs,
    90s Dance, Acoustic Covers, Latin Heat, Guitar Heroes, Movie Scores, Baby Lullabies, Epic Gaming, Morning
    Boost, Late Night Drive, Old School Rap, Fiesta, Piano Calm, Women of Soul, This Is Mozart, Songs to Sing in
    the Car, Evening Acoustic, Punk Unleashed, Country Roads, Beach Vibes, Yoga Flow
    """
    )
)

TOPICS = Pool(
    _split(
        """
    solar panels, jazz history, climate change, electric cars, tax law, ancient Rome, quantum computing, vegan
    recipes, remote work, home insurance, urban gardening, black holes, artificial intelligence, coffee brewing,
    marathon training, password security, interior design, world war two, bird watching, knitting patterns, stock
    markets, space travel, mental health, machine learning, wine tasting, dog training, photography tips, street
    art, renewable energy, data privacy, startup funding, classical guitar, sustainable fashion, deep sea fish,
    the roman empire, printer drivers, vpn setup, expense policy, parental leave, email signatures, disk
    encryption, two factor login, bike repair, sourdough, tropical storms, chess openings, volcanoes, immigration
    rules, tiny houses, gene therapy, noise cancelling, stain removal, sleep hygiene, wind turbines, car leasing,
    graph databases, medieval castles
    """
    )
)

TAGS = Pool(
    _split(
        """
    urgent home work travel family ideas finance health shopping books music school recipes garden project draft
    review billing legal beta backend frontend mobile design bug feature docs archive personal holiday fitness
    invoices taxes
    """
    )
)

EVENTS = Pool(
    _split(
        """
    team lunch, dentist appointment, parent teacher meeting, board meeting, yoga class, birthday party, job
    interview, book club, project kickoff, wedding rehearsal, piano lesson, haircut, car inspection, sprint
    review, doctor's visit, flight to Madrid, dinner with Sam, budget review, stand-up, farewell drinks, choir
    practice, house viewing, movie night, gym session, product launch, client call, vet appointment, school play,
    guitar lesson, quarterly planning, weekly sync, lunch with Dana, fire drill, rent due
    """
    )
)

TASKS = Pool(
    _split(
        """
    call the bank, water the plants, buy milk, pay the rent, walk the dog, send the invoice, book the flights,
    clean the garage, renew my passport, pick up the kids, take out the trash, fix the bike, order new filters,
    charge the camera, feed the cat, cancel the gym membership, return the library books, update the slides, wash
    the car, email the landlord, change the sheets, review the contract, backup my laptop, take my pills, prepare
    the agenda, check the oven, defrost the chicken, wrap the presents, iron my shirt, submit the report, call
    grandma, sign the lease, sharpen the knives, test the smoke alarm
    """
    )
)

PROBLEMS = Pool(
    _split(
        """
    the printer is jammed, my screen keeps flickering, the VPN disconnects every hour, I cannot log in, the wifi
    is down on floor 3, the app crashes on startup, my mouse stopped working, emails are not arriving, the door
    badge is rejected, the invoice total is wrong, the parcel arrived damaged, the heating does not turn on, the
    page loads very slowly, my password expired, the battery drains too fast, the video has no sound, the export
    button does nothing, a key is stuck on my keyboard, the tap is leaking, the elevator is stuck, the report
    shows last year's numbers, the microphone is not detected, the discount was not applied, the database is read
    only, the calendar does not sync, the coffee machine leaks, the parking gate stays closed, the light in the
    stairwell is broken
    """
    )
)

BRANCHES = Pool(
    _split(
        """
    main develop feature/login-page fix/null-pointer release/2.4 hotfix/payment-timeout chore/update-deps
    feature/dark-mode bugfix/utf8-export experiment/new-cache docs/readme refactor/user-model feature/csv-import
    staging release/2025-03
    """
    )
)

REPOS = Pool(
    _split(
        """
    webshop, mobile-app, infra, data-pipeline, docs-site, auth-lib, billing, design-system, ml-models, cli-tools,
    api-gateway
    """
    )
)

METRICS = Pool(
    _split(
        """
    cpu usage, memory usage, disk space, latency, error rate, throughput, queue length, uptime, page views,
    conversion rate
    """
    )
)

FILE_STEMS = Pool(
    _split(
        """
    report budget notes invoice photo backup summary draft contract resume slides logo dataset results config
    archive plan schedule minutes export main index users orders letter thesis chapter1 vacation mix banner manual
    survey payroll inventory
    """
    )
)

FOLDERS = Pool(
    _split(
        """
    Documents Downloads Pictures projects home data tmp work archive shared backups reports music src assets logs
    clients 2024 team
    """
    )
)

DOMAINS = Pool(
    _split(
        """
    example.com acme.org mail.net northwind.io contoso.com fabrikam.co.uk blueyonder.de orchid.media harbor.dev
    kite.tel umbra.ai maple.health lumen.energy fjord.no granite.works inbox.eu postbox.fr openlab.edu
    cityhall.gov pixelforge.studio
    """
    )
)

UNITS = {
    "length": "meters kilometers centimeters millimeters miles yards feet inches",
    "mass": "kilograms grams milligrams pounds ounces tons stones",
    "volume": "liters milliliters gallons pints cups teaspoons tablespoons",
    "temperature": "celsius fahrenheit kelvin",
    "time": "seconds minutes hours days weeks months years",
    "data": "bytes kilobytes megabytes gigabytes terabytes",
    "speed": "knots mph kph",
    "area": "acres hectares",
}
"""Units that convert into each other."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
