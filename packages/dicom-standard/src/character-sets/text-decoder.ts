import { latin1Text } from '@ahi-dicom/runtime'

/**
 * Decodes bytes in browsers by `TextDecoder`, as `iconv.ts` does in Node.js. The results are equal for all characters
 * that the standard of an encoding assigns. Unassigned bytes may become one U+FFFD or several. Bytes that JIS X 0201
 * and GB 2312 lack may be read as Shift JIS of Windows or as GBK.
 */
export function decodeCharacters(bytes: Uint8Array, encoding: string): string {
  if (encoding === 'latin1') return latin1Text(bytes)
  if (encoding === 'ascii') return latin1Text(bytes).replaceAll(/[\x80-\xff]/g, '\ufffd')
  if (encoding.startsWith('iso-8859-')) return decodeIso8859(bytes, encoding)
  const text = decoderOf(encoding).decode(bytes)
  return newerChinese.test(text) && encoding.toLowerCase().startsWith('gb') ? decodeOlderChinese(bytes, encoding) : text
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding)
  decoders.set(encoding, decoder)
  return decoder
}

/**
 * Decodes a part of ISO 8859. For some parts, browsers decode Windows code pages, which have characters in place of the
 * C1 controls.
 */
function decodeIso8859(bytes: Uint8Array, encoding: string): string {
  const text = decoderOf(encoding).decode(bytes)
  if (!bytes.some(isC1)) return text
  return Array.from(bytes, (byte, index) => (isC1(byte) ? String.fromCharCode(byte) : text.charAt(index))).join('')
}

function isC1(byte: number): boolean {
  return byte >= 0x80 && byte <= 0x9f
}

/** Characters that got codes in GB 18030-2022, and the private-use characters that iconv-lite reads for those codes. */
const privateUse: ReadonlyMap<string, string> = new Map([
  ['\ufe10', '\ue78d'],
  ['\ufe12', '\ue78e'],
  ['\ufe11', '\ue78f'],
  ['\ufe13', '\ue790'],
  ['\ufe14', '\ue791'],
  ['\ufe15', '\ue792'],
  ['\ufe16', '\ue793'],
  ['\ufe17', '\ue794'],
  ['\ufe18', '\ue795'],
  ['\ufe19', '\ue796'],
  ['\u9fb4', '\ue81e'],
  ['\u9fb5', '\ue826'],
  ['\u9fb6', '\ue82b'],
  ['\u9fb7', '\ue82c'],
  ['\u9fb8', '\ue832'],
  ['\u9fb9', '\ue843'],
  ['\u9fba', '\ue854'],
  ['\u9fbb', '\ue864'],
])
const newerChinese = new RegExp(`[${[...privateUse.keys()].join('')}]`)

/** Replaces newer characters with two-byte codes. Four-byte codes are the same in all editions. */
function decodeOlderChinese(bytes: Uint8Array, encoding: string): string {
  let text = ''
  for (let start = 0; start < bytes.length;) {
    const code = bytes.subarray(start, start + chineseLength(bytes, start))
    const character = decoderOf(encoding).decode(code)
    text += (code.length === 2 ? privateUse.get(character) : undefined) ?? character
    start += code.length
  }
  return text
}

function chineseLength(bytes: Uint8Array, start: number): number {
  const [first = 0, second = 0] = bytes.subarray(start, start + 2)
  if (first <= 0x80 || first === 0xff) return 1
  return second >= 0x30 && second <= 0x39 ? 4 : 2
}

/** Encodes text in GB18030 or GBK. Characters that the set lacks become a question mark. */
export function encodeChineseCharacters(text: string, encoding: 'GB18030' | 'GBK'): Uint8Array {
  const table = encoding === 'GBK' ? gbkTable() : gb18030Table()
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x80) bytes.push(code)
    else if (code >= 0x1_00_00 && encoding === 'GB18030') bytes.push(...fourBytes(code - 0x1_00_00, 0x90))
    else bytes.push(...(table.get(character) ?? [questionMark]))
  }
  return Uint8Array.from(bytes)
}

const questionMark = 0x3f
/** The code of U+FFFD in GB18030. Decoders return U+FFFD for many other codes. */
const replacementCode = [0x84, 0x31, 0xa4, 0x37]
type Codes = ReadonlyMap<string, readonly number[]>
let gbkCodes: Codes | undefined
let gb18030Codes: Codes | undefined

function gbkTable(): Codes {
  gbkCodes ??= codesOf('gbk', twoByteCodes())
  return gbkCodes
}

function gb18030Table(): Codes {
  gb18030Codes ??= new Map([
    ...codesOf('gb18030', fourByteCodes()),
    ...codesOf('gb18030', twoByteCodes()),
    ['\ufffd', replacementCode],
  ])
  return gb18030Codes
}

function codesOf(encoding: string, codes: Iterable<readonly number[]>): Codes {
  const found = new Map<string, readonly number[]>()
  for (const code of codes) {
    const character = decodeCharacters(Uint8Array.from(code), encoding)
    if (character.length === 1 && character !== '\ufffd' && !found.has(character)) found.set(character, code)
  }
  return found
}

function* twoByteCodes(): Generator<readonly number[]> {
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) yield [first, second]
  }
}

/** Yields the four-byte codes, which encode the characters below U+10000 without a shorter code. */
function* fourByteCodes(): Generator<readonly number[]> {
  for (let index = 0; index < 39_420; index += 1) yield fourBytes(index, 0x81)
}

function fourBytes(index: number, first: number): readonly number[] {
  const step = Math.floor(index / 10)
  return [
    first + Math.floor(step / 1260),
    0x30 + (Math.floor(step / 126) % 10),
    0x81 + (step % 126),
    0x30 + (index % 10),
  ]
}
