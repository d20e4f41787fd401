import { packageConfig } from '../../tsup.shared.ts'

export default packageConfig([
  'src/index.ts',
  'src/headers.ts',
  'src/worker.ts',
  'src/codecs/codec-modules.ts',
  'src/pool/decoder-pool.ts',
  'src/pool/no-decoder-pool.ts',
])
