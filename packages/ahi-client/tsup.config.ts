import { packageConfig } from '../../tsup.shared.ts'

export default packageConfig(['src/index.ts', 'src/frames.ts', 'src/http.ts', 'src/quotas.ts'])
