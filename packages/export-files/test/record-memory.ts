/** `maxMemory` of the records that tests open. 0 puts all indexes into temporary databases. */
export const recordMemory: { bytes: number | undefined } = { bytes: undefined }
