const syntheticPrefix = 'synthetic/'

/** Returns the document path of a synthetic image set, which is a marker and not a file. */
export function syntheticDocumentPath(imageSetId: string): string {
  return syntheticPrefix + imageSetId
}

/** Returns the image set of a synthetic document path, or `undefined` for the path of a file. */
export function syntheticImageSetId(documentPath: string): string | undefined {
  return documentPath.startsWith(syntheticPrefix) ? documentPath.slice(syntheticPrefix.length) : undefined
}
