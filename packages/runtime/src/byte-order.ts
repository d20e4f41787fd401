/** Whether typed arrays of this machine are little endian. */
export const isLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
