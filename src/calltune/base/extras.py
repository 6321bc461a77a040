# ruff: noqa: E501
"""Roles made from lists: arguments that mean nothing more than their label says.

In: lists of labels. Out: more `Role`s. They are what makes the model read names and descriptions: a label such as
"hull number" or "tariff zone" comes with no phrases of its own, flags ("with captions") and enumerations of arbitrary
words come by the dozen.
"""

from __future__ import annotations

from calltune.base.roles import ROLES, Role

PLAIN = """
code: batch number, hull number, access code, file number, permit number, ledger code, room code, unit number, asset code, contract number, membership number, policy number,
gate number, slot id, booking reference, case number, meter number, tax number, insurance number, session id, thread id, badge number, part number, seat number, track id,
barcode, locker number, voucher number, claim number, ticket code, route number, chip number, engine number, lot number, docket number, roll number, station code, zone code,
product code, item code, sample id, order line, cost code, project code, shelf code, bin number, crate number, device id, node id, job id, run id, trace id, group id, team id
person: captain, coach, tenant, landlord, guardian, witness, host, organizer, instructor, caregiver, supervisor, translator, photographer, donor, sponsor, driver, pilot, tutor,
applicant, referee name, beneficiary, godparent, chairperson, emergency contact, buyer, seller, inspector, analyst, editor, curator, narrator, visitor, passenger name, best man
title: codename, slogan, motto, stage name, theme, headline, caption, nickname, label text, chapter title, section, exhibition, collection, edition, pen name, working title, topic line
city: hometown, birthplace, branch city, meeting city, departure point, target town, home city, port of call, delivery town, training site, host city, stopover
place: meeting point, landmark, entrance, drop zone, gathering place, campus, reception desk, loading dock, gate, platform, hall, pier
company: carrier, employer, sponsor company, insurer, publisher, operator, contractor, agency, landlord company, bank name, provider name, issuing bank, record company, studio
email: billing email, backup email, work email, reply address, support email, owner email, notification email, parent email
phone: fax number, emergency number, office phone, mobile number, callback number, home phone
url: homepage, feed url, image url, profile link, video link, source url, map link, logo url, documentation link, terms link
date: start day, delivery date, issue date, release date, hire date, graduation date, wedding day, inspection date, renewal date, vaccination date, closing date, opening date, sample date
time: opening time, closing time, boarding time, pickup time, dinner time, wake-up time, arrival time, meeting time, curfew, kick-off
int:1:40: crew size, floor, table number, lane, shelf, row, level, grade level, class size, number of pages, number of doors, number of wheels, batch size, team size, group size,
lap count, number of lots, stack height, queue size, number of windows, layers, rounds, players, number of boxes, stock level, reorder point, number of seats, number of keys
int:50:9000: mileage, capacity, population, sample count, number of words, line count, elevation, shelf life, budget units, print run, credit points, page views, output rate, record count
number:0:60: humidity level, voltage, pressure, width, thickness, density, concentration, error margin, learning rate, growth rate, wave height, blood sugar, body fat, exposure, dose rate, water level
money: deposit, fee, ticket price, monthly rent, hourly rate, fine amount, bail, starting bid, insured value, shipping cost, list price, bonus amount, credit line, entry fee, reserve price, donation amount
percent: commission, tax rate, share, completion, battery level, fill level, opacity, confidence, similarity, margin, attendance, utilization, moisture level, success rate
duration: cooking time, travel time, warranty period, notice period, parking time, cooldown, incubation time, rest period, shift length, exposure time, session length, lead time
message: remarks, special wish, diagnosis, complaint text, biography, dedication, greeting, announcement text, feedback, excuse, justification text, handover note, disclaimer, summary text
colors: wall color, cap color, background color, ribbon color, eye color, frame color, font color, paint
languages: spoken language, subtitle language, audio language, native language, exam language, menu language
animals: species kind, breed group, mascot, livestock
materials: frame material, cover material, floor material, coating, filling
foods: main ingredient, side dish, topping, flavor, spread, snack
departments: cost center, issuing office, home department, target department, requesting team
list:person: crew members, jury members, speakers, co-authors, bridesmaids, substitutes, signatories, children names, teammates
list:code: batch numbers, order numbers, seat numbers, serial numbers, part numbers, gene ids, sample ids
list:foods: toppings, side dishes, ingredients list, spices, groceries list
list:city: stops, stopovers, cities, markets, branches
list:colors: palette, color options, stripes
list:number:0:100: readings, scores, measurements, weights, temperatures, prices list, coordinates list
list:tags: topics list, interests, skills list, hashtags, keywords list
list:weekday: working days, delivery days, opening days, training days
weekday: collection day, market day, rest day, closing day
month: harvest month, billing month, due month, birth month
year: model year, vintage, founding year, graduation year, construction year
version: firmware version, schema version, client version, driver version, api version number
ip: gateway, dns server, subnet address, source ip, target ip
user_name: owner login, reviewer login, requester login, github handle, player name
file: input file, cover image, template file, log file, attachment name, certificate file
path: working directory, data folder, source folder, config path, download folder, script path
country: country of origin, destination country, issuing country, nationality country, tax country
airport: hub, alternate airport, home airport
stock: benchmark, underlying, reference stock
sports: main sport, second discipline, hobby
instruments: main instrument, second instrument
software: client application, integration, runtime, import source
rooms: target room, storage room, treatment room
size_object: picture size, table size, window size, box dimensions, screen size, garden size
location: venue address, place of birth, site location, branch location, target location
price_object: asking price, total price, opening bid, reward, budget ceiling
window: delivery slot, visiting hours, quiet hours, maintenance window, office hours
name_parts: guest of honor, account owner, main contact, lead guest, second driver
list:any_enum: allowed kinds, options chosen, selected groups, wanted parts, enabled features
list:duration:minutes: break lengths, lap times, interval lengths
time_range_words: season window, visiting period, delivery window, availability
"""

FLAGS = """images, audio, captions, a receipt, comments, metadata, headers, a cover page, a map, translations, a summary, priority boarding, extra legroom, a child seat, snow chains, a guide,
a signature, taxes, shipping costs, hidden files, duplicates, weekends, holidays, footnotes, a watermark, timestamps, a backup, a deposit, a warranty, a helmet, lunch, drinks, gloves, dessert,
background music, a photo, line numbers, page numbers, statistics, test data, old versions, animations, a password, an alarm, a balcony, air conditioning, a fireplace, onions, cheese, milk"""

LABELS_OF_ENUMS = "type, kind, mode, plan, category, level, tier, profile, variant, class, group, strategy, layout, format type, preset, segment, channel type, zone, grade, package, program, phase"

ENUMS = """
plan: free|basic|pro|enterprise|team|starter ; tariff: day|night|flat|peak ; theme: light|dark|system|high contrast ; alignment: left|right|center|justified
direction: north|south|east|west ; wind direction: north|north east|south|south west ; side: left|right|both ; lens: wide|normal|tele|macro ; spice level: mild|medium|hot|extra hot
doneness: rare|medium rare|medium|well done ; crust: thin|thick|stuffed ; bread: white|rye|whole wheat|sourdough ; contract kind: permanent|temporary|seasonal ; exam type: oral|written|practical
blood type: A positive|A negative|B positive|O negative|O positive|AB positive ; marital status: single|married|divorced|widowed ; view: sea view|garden view|city view|mountain view
transmission: manual|automatic ; tire type: summer|winter|all season ; court surface: clay|grass|hard|carpet ; stroke: freestyle|backstroke|butterfly|breaststroke ; belt: white|yellow|green|black
hosting: cloud|on premises|hybrid ; protocol: http|https|ftp|ssh|mqtt ; codec: h264|vp9|av1 ; resolution: 720p|1080p|4k ; frame rate: 24|30|60 ; paper: a3|a4|a5|letter ; binding: staple|spiral|glue
orientation: portrait|landscape ; voice: male|female|neutral|child ; tone: formal|casual|friendly|neutral ; reading age: kids|teens|adults ; stage of life: puppy|adult|senior ; coat: short|long|curly
soil: clay|sand|loam|peat ; irrigation: drip|spray|flood ; weather exposure: sun|half shade|shade ; season ticket type: standing|seated|vip ; bin: paper|glass|plastic|organic|residual
invoice state: draft|sent|overdue|paid ; risk: low|moderate|high|extreme ; confidentiality: public|internal|confidential|secret ; audience: everyone|members|staff ; region code: emea|apac|amer
backup type: full|incremental|differential ; compression: none|fast|best ; algorithm: quick|merge|heap|bubble ; distance metric: cosine|euclidean|manhattan ; optimizer: adam|sgd|adagrad
vehicle type: truck|van|bike|car|boat ; wing: north wing|south wing|east wing ; bed size: single|queen|king ; board: room only|half board|full board|all inclusive ; insurance level: basic|plus|premium
"""


def _names(label: str) -> tuple[str, ...]:
    words = label.replace("-", " ").split()
    snake = "_".join(words)
    return tuple(dict.fromkeys((snake, snake, f"{snake}_value" if len(words) == 1 else f"{words[0]}_{words[-1]}")))


def _role(key: str, kind: str, label: str, own: tuple[str, ...] = ()) -> Role:
    top = label[0].upper() + label[1:]
    descriptions = (
        f"The {label}",
        top,
        f"{top} to use",
        f"Which {label}",
        f"{top} of the item",
        f"{top} (as given by the user)",
    )
    return Role(key, kind, _names(label), (label,), descriptions[: 3 if kind.startswith("list") else 6], own, ())


def _plain() -> list[Role]:
    roles = []
    kind = ""
    for line in PLAIN.strip().splitlines():
        head, mark, rest = line.rpartition(": ")
        kind, labels = (head.strip(), rest) if mark else (kind, line)
        for label in filter(None, (text.strip() for text in labels.split(","))):
            roles.append(_role(f"plain {label}", {"time_range_words": "when"}.get(kind, kind), label))
    return roles


def _flags() -> list[Role]:
    roles = []
    for thing in (text.strip() for text in FLAGS.replace("\n", " ").split(",")):
        bare = thing.removeprefix("a ").removeprefix("an ")
        snake = bare.replace(" ", "_")
        names = (f"include_{snake}", f"with_{snake}", snake, f"has_{snake}", f"add_{snake}")
        descriptions = (
            f"Whether to include {thing}",
            f"Include {thing}",
            f"With {thing}",
            f"Whether there should be {thing}",
        )
        yes = (f"with {thing}", f"including {thing}", f"{thing} included", f"and add {thing}")
        roles.append(
            Role(
                f"flag {bare}",
                "bool",
                names,
                (bare,),
                descriptions,
                yes,
                (f"without {bare}", f"no {bare}", f"but without {bare}"),
            )
        )
    return roles


def _enums() -> list[Role]:
    roles = []
    for cell in ENUMS.replace("\n", ";").split(";"):
        if cell.strip():
            label, _, options = cell.strip().partition(": ")
            own = (f"with the {label} ~", f"{label} ~", f"with ~ {label}" if " " not in label else f"and {label} ~")
            roles.append(_role(f"enum {label}", "enum:" + ",".join(options.split("|")), label, own))
    for label in (text.strip() for text in LABELS_OF_ENUMS.split(",")):
        wide = (f"with the {label} ~", f"{label} ~", f"of {label} ~", f"in the {label} ~", f"with ~ as {label}")
        roles.append(_role(f"any {label}", "any_enum", label, wide))
    return roles


PLAIN_ROLES = tuple(role.key for role in _plain())
FLAG_ROLES = tuple(role.key for role in _flags())
ENUM_ROLES = tuple(role.key for role in _enums())
ROLES.update({role.key: role for role in (*_plain(), *_flags(), *_enums())})
EXTRA_ROLES = (*PLAIN_ROLES, *FLAG_ROLES, *ENUM_ROLES, *ENUM_ROLES)
