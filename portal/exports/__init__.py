"""What leaves the portal for other programs: sheets, JSON and OSCAL, as functions of a record, the same bytes each time."""
