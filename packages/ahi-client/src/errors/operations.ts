/** The operations of the AHI API that this package calls. */
export const operations = [
  'ListDatastores',
  'GetDatastore',
  'SearchImageSets',
  'GetImageSet',
  'GetImageSetMetadata',
  'GetImageFrame',
  'GetDICOMInstance',
  'ListImageSetVersions',
] as const

/** One of {@link operations}. */
export type Operation = (typeof operations)[number]
