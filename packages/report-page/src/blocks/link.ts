/** Returns the URL of a file relative to the page. `base` is the URL of the folder of the export. */
export function fileLink(path: string, base: string): string {
  // A first segment with a colon would be a scheme, but encodeURIComponent escapes it.
  return base + path.split('/').map(encodedSegment).join('/')
}

function encodedSegment(name: string): string {
  return encodeURIComponent(name.toWellFormed())
}
