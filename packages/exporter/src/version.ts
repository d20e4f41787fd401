/** The program named in the record of an export, with major and minor version. */
export const product = { name: '@ahi-dicom/exporter', version: '0.1' } as const
