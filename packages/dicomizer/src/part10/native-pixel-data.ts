/** The longest value of a 32-bit length field, which has to be even (PS3.5 7.1.2). */
export const longestNativePixelData = 0xfffffffe

/** The header of a native Pixel Data element of Explicit VR: OW above 8 bits allocated, OB otherwise (PS3.5 A.2). */
export function nativePixelDataHeader(byteLength: number, bitsAllocated: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(12)
  header.set([0xe0, 0x7f, 0x10, 0x00, 0x4f, bitsAllocated > 8 ? 0x57 : 0x42])
  new DataView(header.buffer).setUint32(8, byteLength + (byteLength % 2), true)
  return header
}
