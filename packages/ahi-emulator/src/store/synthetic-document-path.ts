const syntheticPrefix = 'synthetic/'

/** What stands in place of the path of a document that is made up when it is asked for. */
export function syntheticDocumentPath(imageSetId: string): string {
  return syntheticPrefix + imageSetId
}

/** The image set of such a document; `undefined` for the path of a file. */
export function syntheticImageSetId(documentPath: string): string | undefined {
  return documentPath.startsWith(syntheticPrefix) ? documentPath.slice(syntheticPrefix.length) : undefined
}
