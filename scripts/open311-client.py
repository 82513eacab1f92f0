"""What a client of GeoReport v2 that is not ours reads of the space; see scripts/open311-client. Every call in JSON and in XML, and both say the same."""

import sys
from datetime import datetime, timedelta, timezone

from georeport import GeoReport
from requests import HTTPError

ROOT = sys.argv[1]


def listed(found):
    """What XML has one of is no list to the client."""
    return found if isinstance(found, list) else [found]


def ids(requests):
    return sorted(request["service_request_id"] for request in listed(requests))


def refused(call, status):
    try:
        call()
    except HTTPError as error:
        assert error.response.status_code == status, f"{error.response.status_code} instead of {status}"
    else:
        raise AssertionError(f"answered instead of {status}")


def look(fmt):
    """All that one format says, in a shape that does not tell which it was."""
    client = GeoReport(ROOT, output_format=fmt)
    services = listed(client.get_service_list())
    for service in services:
        for field in ("service_code", "service_name", "description", "metadata", "type", "keywords", "group"):
            assert field in service, f"{fmt}: {field} is missing in {service}"
    with_attributes = [service["service_code"] for service in services if str(service["metadata"]).lower() == "true"]
    for code in with_attributes:
        assert client.get_service_definition(code)["service_code"] == code
    recent = listed(client.get_service_requests())
    assert recent, f"{fmt}: no published case of the last 90 days"
    for request in recent:
        assert datetime.fromisoformat(request["requested_datetime"]).tzinfo, f"{fmt}: a date without a zone"
        assert request["status"] in ("open", "closed")
        # One by one, and as one of several.
        number = request["service_request_id"]
        assert client.get_service_request(number)["service_request_id"] == number
    several = ids(recent)[:2]
    assert ids(client.get_service_requests(service_request_id=",".join(several))) == several
    code = recent[0]["service_code"]
    of_code = listed(client.get_service_requests(service_code=code))
    assert of_code and all(request["service_code"] == code for request in of_code)
    status = recent[0]["status"]
    assert ids(client.get_service_requests(status=status)) == sorted(r["service_request_id"] for r in recent if r["status"] == status)
    now = datetime.now(timezone.utc)
    between = dict(start_date=(now - timedelta(days=80)).strftime("%Y-%m-%dT%H:%M:%SZ"), end_date=now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert set(ids(client.get_service_requests(**between))) <= set(ids(recent))
    refused(lambda: client.get_service_definition("no-such-service"), 404)
    refused(lambda: client.get_service_request("no-such-request"), 404)
    return {"services": sorted(s["service_code"] for s in services), "with attributes": sorted(with_attributes), "requests": ids(recent)}


answers = {fmt: look(fmt) for fmt in ("json", "xml")}
assert answers["json"] == answers["xml"], "JSON and XML do not say the same"
print("georeport, JSON and XML alike: " + ", ".join(f"{len(found)} {name}" for name, found in answers["json"].items()))
