"""The privacy officer's pages: the programme, the people, the staff list, the reminders."""
