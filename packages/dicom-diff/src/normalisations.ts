/**
 * The normalisations of AWS HealthImaging, by the ids of docs/normalisation.md, and the possible values above the
 * stored bits of signed samples.
 */
export const normalisations = {
  'file-meta': 'group 0002 is generated anew',
  'group-length': 'group lengths (gggg,0000) are dropped',
  padding: 'spaces and NULs around string values that carry no meaning are trimmed',
  'public-vr': 'the VR of a public attribute is one of the dictionary',
  'creator-vr': 'a private creator is LO',
  'private-vr': 'a private tag that has several VRs in one file has the one that can hold its value',
  'unfit-vr': 'a value whose length no number of values of its VR has is UN',
  'long-vr': 'a value longer than 64 KiB of a VR whose length has 16 bits is UN',
  'character-set': 'Specific Character Set is a defined term that all text fits',
  undecodable: 'bytes of a text that its character set does not have are U+FFFD',
  'one-value': 'instances of an image set share what AHI keeps of patient, study and series',
  'offset-table': 'the extended offset table is that of the file written',
  'empty-pixels': 'Pixel Data without a value is dropped',
  photometric: 'Photometric Interpretation says what the pixels are that were written',
  'pixel-description': 'the image pixel module describes the frames',
  lossy: 'Lossy Image Compression and what belongs to it are declared',
  planar: 'Planar Configuration is 0, colour by pixel',
  'sign-bits': 'bits above the stored ones of a signed sample are its sign',
} as const

/** One of {@link normalisations}. */
export type NormalisationId = keyof typeof normalisations
