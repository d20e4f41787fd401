import { packageConfig } from '../../tsup.shared.ts'

export default packageConfig([
  'src/index.ts',
  'src/character-sets.ts',
  'src/character-sets/iconv.ts',
  'src/character-sets/text-decoder.ts',
  'src/dictionary.ts',
  'src/part10.ts',
  'src/reader.ts',
  'src/sop-classes.ts',
  'src/transfer-syntaxes.ts',
])
