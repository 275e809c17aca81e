"""Expands calendars with icalendar and recurring-ical-events, which are not ours.

Reads one JSON document a line on standard input: {"ics": TEXT, "from": RFC3339, "to":
RFC3339}. Prints one a line: a list of [UTC start, start on the wall clock, minutes that
it takes there, status, summary], in no order.
"""

import datetime
import json
import sys

import icalendar
import recurring_ical_events


def moment(text):
    return datetime.datetime.fromisoformat(text)


def told(event):
    starts, ends = event["DTSTART"].dt, event["DTEND"].dt
    minutes = (ends.replace(tzinfo=None) - starts.replace(tzinfo=None)).total_seconds() / 60
    utc = starts.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    wall = starts.strftime("%Y-%m-%dT%H:%M:%S")
    return [utc, wall, int(minutes), str(event["STATUS"]), str(event["SUMMARY"])]


for line in sys.stdin:
    job = json.loads(line)
    calendar = icalendar.Calendar.from_ical(job["ics"])
    events = recurring_ical_events.of(calendar).between(moment(job["from"]), moment(job["to"]))
    print(json.dumps([told(event) for event in events]))
