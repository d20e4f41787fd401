/** Memory of the records that tests open. A test that sets it to 0 has everything in temporary databases. */
export const recordMemory: { bytes: number | undefined } = { bytes: undefined }
