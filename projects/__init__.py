"""The team's side: projects, assessments, watches, pushes, pages."""
