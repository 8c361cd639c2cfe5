"""Static files are kept by the browser until they change."""

import re

from flask.testing import FlaskClient


def test_a_page_names_its_files_with_what_they_hold(anonymous: FlaskClient) -> None:
    page = anonymous.get("/register").get_data(as_text=True)
    (address,) = re.findall(r'href="(/static/css/anslut\.css\?v=[0-9a-f]{12})"', page)
    with anonymous.get(address) as kept:
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with anonymous.get("/static/css/anslut.css") as asked:
        assert "immutable" not in asked.headers["Cache-Control"]
