"""What indexes offer, now and over time. Knows no users and no projects."""
