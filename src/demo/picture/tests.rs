use super::svg;

#[test]
fn colours_and_columns_are_kept_and_markup_is_escaped() {
    let picture = svg("\n\x1b[1mHeading\x1b[0m\nab \x1b[31mrefused\x1b[0m a < b & c\n");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains("class=\"b\"") && picture.contains(">Heading</text>"));
    assert!(picture.contains("<text x=\"41.5\" y=\"65.0\" class=\"r\""), "{picture}");
    assert!(picture.contains("a &lt; b &amp; c"));
    assert!(!picture.contains('\x1b'));
}
