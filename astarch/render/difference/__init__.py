"""Comparisons and reviews for readers: text, JSON, Markdown, Mermaid, HTML, GitHub's annotations, and code that mends old checkpoints."""
