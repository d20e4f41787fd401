/** What the record of an export names as its maker: the release, major and minor. */
export const product = { name: '@ahi-dicom/exporter', version: '0.1' } as const
