"""Colours of the states, after Okabe and Ito's palette for every kind of colour vision, and the patterns
of those that could be confused in print or by some eyes. Pure.

Source: M. Okabe, K. Ito, Color Universal Design, 2008. Height is the third sign (report.css).
"""

COLOURS = {
    "not_ready": "#8c8478",
    "ready": "#009e73",
    "talking": "#0072b2",
    "hold": "#e69f00",
    "wrap_up": "#cc79a7",
    "unknown": "#6b6b6b",
}
FILLS = {
    **COLOURS,
    "not_ready": "url(#fill-not_ready)",
    "hold": "url(#fill-hold)",
    "unknown": "url(#fill-unknown)",
}
FLAT = {**COLOURS, "not_ready": "#c9c3b7", "unknown": "#4d4d4d"}  # where nothing can be patterned
# what the patterns are drawn with
PAPER, INK = "#ffffff", "#5a3d00"
LIMIT = "#d55e00"  # past a limit; always with a shape or a word

DEFS = (
    '<svg class="report-defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="fill-hold" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="{COLOURS["hold"]}"/>'
    f'<rect width="1.6" height="5" fill="{INK}"/></pattern>'
    '<pattern id="fill-not_ready" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#dcd7cd"/>'
    f'<circle cx="1.2" cy="1.2" r="0.9" fill="{COLOURS["not_ready"]}"/></pattern>'
    '<pattern id="fill-unknown" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<rect width="6" height="6" fill="{PAPER}"/>'
    f'<path d="M0 0L6 6M6 0L0 6" stroke="{COLOURS["unknown"]}" stroke-width="1"/></pattern>'
    f'<path id="mark-over" d="M-4 0H4L0 6Z" fill="{LIMIT}"/>'
    '<path id="mark-callback" d="M-1 24H1V29H-1Z" fill="currentColor"/>'
    f'<path id="mark-overdue" d="M0 22.5L3.2 25.7L0 29L-3.2 25.7Z" fill="{LIMIT}"/>'
    f'<path id="mark-corrected" d="M0 21L3.5 24.5L0 28L-3.5 24.5Z" fill="{PAPER}" stroke="{INK}"'
    ' stroke-width="1.2"/>'
    "</defs></svg>"
)
