/** Returns whether AHI's search takes a UID. AHI keeps others as well (`abc`); only summaries of image sets show them. */
export function isSearchableUid(text: string): boolean {
  return text.length <= 64 && /^\d+(\.\d+)*$/.test(text)
}

/** Returns whether a UID is one of DICOM (PS3.5 9.1), with which a search cannot find fault. */
export function isDicomUid(text: string): boolean {
  return text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/.test(text)
}
