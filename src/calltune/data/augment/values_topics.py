# ruff: noqa: E501
"""What a text argument is about, by its name, its examples and its description. In: an argument's name and schema. Out:
a `Topic`: where its words come from, where they stand in a sentence, and how they are put there.

A line of the table is

    topic | names | words from | place | forms

`words from` is a list of `values_words` or a maker of `values_texts`. `place` is `before` the noun ("cheap flights"),
`object` (in place of the noun: "play Hotel California"), or `after` it. `~` stands for the value; `{}` for what the
argument is called. An argument of no topic is called by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .values_words import POOLS

Place = Literal["before", "object", "after"]

_TABLE = """
origin|origin,departure,from,departure city,from city,origin city,leaving from,source city,from location,start city|city|after|from ~;leaving from ~;departing from ~;out of ~
destination|destination,arrival,to city,destination city,arrival city,going to,to location,target city,dest|city|after|to ~;going to ~;heading to ~;for ~
airport_from|origin airport,departure airport,from airport|airport|after|from ~;out of ~;departing ~
airport_to|destination airport,arrival airport,to airport|airport|after|to ~;into ~
airport|airport,airport code|airport|after|at ~;for ~
city|city,town,location,city name,where,where to,destination city,place of|city|after|in ~;in ~;in ~;for ~;at ~;near ~;around ~
area|area,neighborhood,district|place|after|in ~;near ~;around ~
country|country,nation,country name|country|after|in ~;in ~;for ~
state|state,region,province,county|state|after|in ~;in ~;for ~
here|current location,current position|here|after|~;at ~;for ~;in ~;near ~
place|place,poi,venue,spot,site,landmark,point of interest,geographic poi,address name|place|after|at ~;at ~;in ~;for ~;near ~;around ~
pickup|pickup,pickup location,pick up,starting point|place|after|from ~;starting at ~;picking me up at ~
dropoff|dropoff,dropoff location,drop off|place|after|to ~;dropping off at ~
relation|spatial relation,proximity,relation|relation|after|~
address|address,street,street address,shipping address,delivery address|address|after|at ~;to ~;at the address ~
postcode|zip,zip code,postcode,postal code|postcode|after|in ~;with zip code ~;postal code ~
owner|owner,playlist owner,belongs to,whose|owner|before|~
first|first name,given name|first|after|with first name ~;{} ~
last|last name,surname,family name|last|after|with last name ~;{} ~
person|name of person,full name,person,contact,customer,client,guest,passenger,patient,employee,student,colleague,attendee,participant,member,person name,customer name,contact name,user|person|after|for ~;for the {} ~;{} ~
recipient|recipient,receiver,to,send to,payee,recipient name,recipient account name|person|after|to ~
assignee|assignee,assigned to,agent,responsible|person|after|to ~;assigned to ~
author|author,writer,written by|person|after|by ~;written by ~;from ~
director|director,directed by|person|after|by ~;directed by ~
actor|actor,actress,cast,starring|person|after|with ~;starring ~
artist|artist,band,singer,musician,performer,composer|artist|after|by ~;by ~;by ~;from ~
company|company,organization,business,vendor,supplier,employer,firm|company|after|at ~;from ~;with ~;for ~
brand|brand,manufacturer,make|brand|before|~
email|email,e mail,email address,mail|email|after|with email ~;at ~;to ~;for ~
phone|phone,phone number,mobile,telephone,contact number|phone|after|on ~;with phone number ~;at ~
login|login,username,user name,account name,user id,handle|login|after|for ~;for user ~;{} ~
url|url,link,website,webpage,web address,uri|url|after|at ~;from ~;~
file|file,filename,file name,path,file path,document,attachment|file|object|~;the file ~
restaurant|restaurant name,restaurant,cafe name|restaurant|object|at ~;at ~;~
venue_kind|restaurant type,venue type,place type,kind of place|venue_kind|before|~
cuisine|cuisine,food type,kitchen|cuisine|before|~
dish|dish,served dish,meal,food|dish|after|serving ~;that serves ~;with ~;for ~
product|product,item,article,product name,item name,goods|product|object|~
food|ingredient,grocery,groceries|food|after|with ~;~
drink|drink,beverage,coffee|drink|object|~
color|color,colour|color|before|~;in ~
language|language,target language,source language,lang|language|after|in ~;into ~;to ~
genre|genre,music genre,music style,style|genre|before|~
film_genre|film genre,movie genre|film_genre|before|~
song|song,track,song name,song title,track name,tune|title|object|~;the song ~;the track ~
album|album,album name,album title,record|title|object|~;the album ~
movie|movie,film,movie name,film name,movie title,film title|title|object|~;the movie ~;the film ~
book|book,book title,book name,novel|title|object|~;the book ~
show|show,series,tv show,episode|title|object|~;the show ~
game|game,game name|title|object|~;the game ~
title|title,name,entity name,object name,headline,display name,called|title|object|~
event|event,event name,appointment,meeting|event|object|~;{} ~
playlist|playlist,playlist name|playlist|after|to ~;to the ~ playlist;to the playlist ~;to my ~ playlist;in ~;onto ~;to playlist ~;to my playlist ~;to my playlist called ~;into ~
service|service,platform,streaming service,provider,app|service|after|on ~;using ~;from ~;with ~
hotel|hotel,hotel name,place name,accommodation|hotel|after|at ~
cinema|theater,theatre,cinema,location name,theater name,theatre name,cinema name|cinema|after|at ~;at the ~;in ~
cinema_kind|location type,object location type|cinema_kind|after|at the ~;in the ~;at a ~
music_kind|music item,music type|music_kind|before|~
work_kind|object type,media type,work type,content type|work_kind|before|~
film_kind|movie type,film type|film_kind|before|~
select|object select,selection|select|before|~
condition|condition,condition description,weather condition,weather|condition|after|with ~
temperature_word|condition temperature,temperature description|temperature_word|after|~
facility|facility,amenity,facilities,amenities,feature|facility|after|with ~;that has ~
sort|sort,sort by,order by,ranking,quality,ordering|sort|before|~
room|room,room name,zone|room|after|in the ~;of the ~
device|device,appliance,device name|device|object|the ~;~
sport|sport,discipline|sport|object|~
team|team,club,team name|team|after|for ~;of the ~;of ~
animal|animal,pet,species,pet type|animal|after|for a ~;for my ~
job|job,job title,position,occupation,profession|job|after|as a ~;for the position of ~
department|department,division,unit,dept|department|after|in ~;in the ~ department;for ~
subject_school|course,school subject,subject area|subject|object|~
doctor|specialty,doctor type,specialist|doctor|object|a ~;~
airline|airline,carrier|airline|after|with ~;on ~
software|software,application,program|software|after|for ~;in ~
task|task,todo,reminder,what,action item|task|object|to ~
problem|problem,issue,description,summary,details,complaint,symptoms|problem|after|: ~
message|message,text,body,content,msg,note,comment,notes,remark,instructions,reason,feedback,memo|message|after|saying ~;: ~;that says ~;with the {} ~
subject|subject,subject line|event|after|about ~;with the subject ~
query|query,q,keyword,search,search term,keywords,term,topic,question,search query|query|object|~;for ~;about ~
tag|tag,label,category,tags,labels|tag|after|with the tag ~;in the {} ~;tagged ~
symptom|symptom|symptom|after|because of ~;with ~
medicine|medicine,drug,medication|medicine|object|~
timezone|timezone,time zone,tz|timezone|after|in ~;for ~
host|host,hostname,server,machine,node|host|after|on ~;for ~
account_kind|account type,account|account|before|~
party|party size description,companions,who with|party|after|for ~
count_text|party size,party size number,number of people,people|count|after|for ~;for ~ people;for a party of ~;party of ~
rating|rating,rating value,score,stars|count|after|~;a ~;with ~
best|best rating,max rating,out of|count|after|out of ~;of ~
rating_unit|rating unit|rating_unit|after|~
year|year,release year,decade,era|year|after|from ~;from the year ~;of ~;in ~
when|when,time range,timeframe,period,date range,time frame,date time,datetime,date and time|when|after|~;for ~;on ~;at ~
date|date,day,appointment date,due date,deadline|date|after|on ~;for ~
time|time,hour,appointment time,start time|time|after|at ~;for ~
code|id,code,number,reference,identifier,ref,key,token,sku,serial,uuid|code|after|{} ~;with {} ~;number ~
currency|currency,currency code|currency|after|in ~;{} ~
price|price,cost,fare,total,fee,amount,price per night,balance|amount|after|for ~;of ~
price_range|price range,price level,price category,expensiveness|price_range|before|~
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a text argument is about."""

    name: str
    names: tuple[tuple[str, ...], ...]
    """What arguments about it are called, each as words."""
    source: str
    place: Place
    forms: tuple[str, ...]


def _topic(line: str) -> Topic:
    name, names, source, place, forms = line.split("|")
    assert place in ("before", "object", "after")
    spelled = tuple(tuple(spelling.split()) for spelling in names.split(","))
    return Topic(name, spelled, source, place, tuple(forms.split(";")))  # type: ignore[arg-type]  # asserted above


TOPICS: dict[str, Topic] = {topic.name: topic for topic in map(_topic, _TABLE.strip().splitlines())}

_ORIGIN = re.compile(r"\b(where|city|airport|station).{0,40}\b(from|depart|start|origin|leav)", re.IGNORECASE)
_TARGET = re.compile(r"\b(where|city|airport|station).{0,40}\b(to go|arriv|destination|going to)", re.IGNORECASE)
_FLAG = re.compile(r"(boolean|whether|if |true )", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


def words_of(name: str) -> tuple[str, ...]:
    """The words of an identifier.

    >>> words_of("Restaurants_1_FindByCity")
    ('restaurants', '1', 'find', 'by', 'city')
    """
    return tuple(word.lower() for word in _WORD.findall(name)) or (name.lower(),)


def singular(word: str) -> str:
    """A noun without its plural ending, roughly."""
    if word in ("movies", "cookies", "calories", "series"):
        return word if word == "series" else word[:-1]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def topic_of(name: str, schema: Mapping[str, Any], examples: Sequence[str] = ()) -> Topic | None:
    """The topic of a text argument: by its examples' words, by its whole name, by what its name ends in, by a word of
    its description."""
    words = words_of(name)
    single = tuple(singular(word) for word in words)
    described = str(schema.get("description") or "")
    exact = _best(single, whole=True) or _best(words, whole=True)
    if exact is not None and exact.name not in ("title", "city", "code", "account_kind"):
        return exact
    if _ORIGIN.search(described):
        return TOPICS["origin"]
    if _TARGET.search(described):
        return TOPICS["destination"]
    if _FLAG.match(described) or single[-1] in ("type", "kind", "status", "flag"):
        return exact or next((topic for topic in TOPICS.values() if _shows(topic, examples)), None)
    shown = [topic for topic in TOPICS.values() if _shows(topic, examples)]
    if shown and exact is None:
        return shown[0]
    if exact is not None:
        return exact if exact.name != "title" else _described(described) or exact
    return _best(single, whole=False) or _described(described)


def _best(words: tuple[str, ...], *, whole: bool) -> Topic | None:
    """The topic with the longest name that the words are, or end in."""
    best: tuple[int, Topic | None] = (0, None)
    for topic in TOPICS.values():
        for name in topic.names:
            fits = words == name if whole else words[-len(name) :] == name
            if fits and len(name) > best[0]:
                best = (len(name), topic)
    return best[1]


def _shows(topic: Topic, examples: Sequence[str]) -> bool:
    pool = {word.lower() for word in POOLS.get(topic.source, ())}
    return any(example.lower() in pool for example in examples)


def _described(text: str) -> Topic | None:
    """By the first words of a description: "Name of the restaurant" is about a restaurant."""
    words = tuple(singular(word) for word in words_of(" ".join(text.split()[:7])))
    for start in range(len(words)):
        for size in (3, 2, 1):
            part = words[start : start + size]
            found = (
                next((topic for topic in TOPICS.values() if part in topic.names), None) if len(part) == size else None
            )
            if found is not None and found.name not in ("title", "recipient", "origin", "select", "task", "query"):
                return found
    return None
