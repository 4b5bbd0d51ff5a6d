"""The reference validator of RO-Crates without the network: the JSON-LD context comes from a file beside this one.

    validate_crate.py CRATE PROFILE CONTEXT   prints a JSON list of what is not as the profile requires
"""

import io
import json
import sys
import urllib.request

import requests
import requests_cache

crate, profile, context_file = sys.argv[1:4]
with open(context_file, "rb") as file:
    context = file.read()


def is_context(url):
    return url.endswith("/ro/crate/1.2/context")


def opened(request, *rest, **more):
    url = request if isinstance(request, str) else request.full_url
    if not is_context(url):
        raise OSError(f"no network in this test: {url}")
    answer = io.BytesIO(context)
    answer.headers = {"Content-Type": "application/ld+json"}
    answer.info = lambda: answer.headers
    answer.geturl = lambda: url
    return answer


def requested(self, method, url, *rest, **more):
    if not is_context(url):
        raise requests.ConnectionError(f"no network in this test: {url}")
    answer = requests.Response()
    answer.status_code = 200
    answer._content = context
    answer.headers["Content-Type"] = "application/ld+json"
    answer.url = url
    return answer


urllib.request.urlopen = opened
requests.Session.request = requested
requests_cache.CachedSession.request = requested

import rdflib._networking  # noqa: E402
import rdflib.parser  # noqa: E402
import rdflib.plugins.shared.jsonld.util  # noqa: E402

for module in (rdflib._networking, rdflib.parser, rdflib.plugins.shared.jsonld.util):
    for name in ("_urlopen", "urlopen"):
        if hasattr(module, name):
            setattr(module, name, opened)

from rocrate_validator import models, services  # noqa: E402

settings = services.ValidationSettings(
    rocrate_uri=crate,
    profile_identifier=profile,
    requirement_severity=models.Severity.REQUIRED,
    # The process profile 0.5 is written on RO-Crate 1.1; what 1.2 asks is checked by its own profile.
    disable_inherited_profiles_issue_reporting=True,
)
issues = services.validate(settings).get_issues()
print(json.dumps([f"{issue.check.identifier}: {issue.message}" for issue in issues]))
