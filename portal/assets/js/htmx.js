// htmx without the parts that a strict content security policy refuses; its settings stand in the page's meta element.
import "htmx.org/dist/htmx.esm.js";
