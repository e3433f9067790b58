"""No change without the token of one's own session."""

from __future__ import annotations

import re


def posts(app) -> list[str]:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    values = {"site_id": "casa", "finding_id": "casa-f1", "recommendation_id": "casa-a1", "token": "x" * 32}
    return [re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", lambda m: values.get(m[1], "1"), rule) for rule in rules]


def test_no_post_works_without_a_token(client) -> None:
    paths = posts(client.app)
    assert len(paths) >= 12
    for path in paths:
        answer = client.http.post(path, base_url="http://localhost", data={"answer": "accepted"})
        assert answer.status_code == 403, path
        said = "csrf" if path.startswith("/api/") else "too old" if path.startswith("/v") else "quedó vieja"
        assert said in answer.text, path


def test_a_token_of_another_session_does_not_fit(world) -> None:
    mine, theirs = world.client(), world.client("vic@example.org")
    token = theirs.token("/settings")
    answer = mine.http.post("/settings", base_url="http://localhost", data={"_csrf": token, "language": "en"})
    assert answer.status_code == 403


def test_a_broken_token_is_refused_not_a_crash(client) -> None:
    for token in ("", "x", "ñ", "AAAA", "=" * 64):
        data = {"_csrf": token, "language": "en"}
        assert client.http.post("/settings", base_url="http://localhost", data=data).status_code == 403


def test_the_token_is_masked_anew_on_each_page_and_stays_good(client) -> None:
    first, second = client.token("/settings"), client.token("/settings")
    assert first != second
    for token in (first, second):
        data = {"_csrf": token, "language": "es"}
        assert client.http.post("/settings", base_url="http://localhost", data=data).status_code == 303


def test_every_form_that_posts_carries_the_token(client) -> None:
    for path in (
        "/sites/casa/",
        "/sites/casa/findings",
        "/sites/casa/import",
        "/sites/new",
        "/sites/casa/edit",
        "/settings",
    ):
        forms = re.findall(r'<form method="post".*?</form>', client.get(path).text, flags=re.S)
        assert all('name="_csrf"' in form for form in forms), path
