const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2': 'Implicit VR LE',
  '1.2.840.10008.1.2.1': 'Explicit VR LE',
  '1.2.840.10008.1.2.1.99': 'Deflated',
  '1.2.840.10008.1.2.2': 'Explicit VR BE',
  '1.2.840.10008.1.2.5': 'RLE',
  '1.2.840.10008.1.2.8.1': 'Deflated frames',
  '1.2.840.10008.1.2.4.50': 'JPEG baseline',
  '1.2.840.10008.1.2.4.51': 'JPEG extended',
  '1.2.840.10008.1.2.4.55': 'JPEG progressive',
  '1.2.840.10008.1.2.4.57': 'JPEG lossless',
  '1.2.840.10008.1.2.4.70': 'JPEG lossless SV1',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS near-lossless',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000 lossless',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
  '1.2.840.10008.1.2.4.100': 'MPEG-2 main',
  '1.2.840.10008.1.2.4.100.1': 'MPEG-2 main, fragmentable',
  '1.2.840.10008.1.2.4.101': 'MPEG-2 high',
  '1.2.840.10008.1.2.4.102': 'H.264 4.1',
  '1.2.840.10008.1.2.4.103': 'H.264 4.1 BD',
  '1.2.840.10008.1.2.4.104': 'H.264 4.2 2D',
  '1.2.840.10008.1.2.4.104.1': 'H.264 4.2 2D, fragmentable',
  '1.2.840.10008.1.2.4.106': 'H.264 4.2 stereo',
  '1.2.840.10008.1.2.4.107': 'HEVC main',
  '1.2.840.10008.1.2.4.108': 'HEVC main 10',
  '1.2.840.10008.1.2.4.110': 'JPEG XL lossless',
  '1.2.840.10008.1.2.4.112': 'JPEG XL',
  '1.2.840.10008.1.2.4.201': 'HTJ2K lossless',
  '1.2.840.10008.1.2.4.202': 'HTJ2K lossless RPCL',
  '1.2.840.10008.1.2.4.203': 'HTJ2K',
}

/** A short name of a transfer syntax, or its UID. */
export function transferSyntaxName(uid: string): string {
  return NAMES[uid] ?? uid
}
