"""The review pack: what a review shows, as PowerPoint, HTML, Excel and PDF."""
