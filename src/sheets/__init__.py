"""The manager's sheet: one row per lead, in a local workbook."""
