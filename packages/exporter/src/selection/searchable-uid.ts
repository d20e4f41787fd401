/**
 * Returns true if AHI's search accepts a UID. AHI also stores other UIDs (`abc`), which only the summaries of image
 * sets show.
 */
export function isSearchableUid(text: string): boolean {
  return text.length <= 64 && /^\d+(\.\d+)*$/.test(text)
}

/** Returns true if a UID is valid in DICOM (PS3.5 9.1), so that AHI's search cannot refuse it. */
export function isDicomUid(text: string): boolean {
  return text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/.test(text)
}
