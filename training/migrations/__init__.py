"""Migrations, both ways on both databases, and the guards that each one installs again."""
