import { packageConfig } from '../../tsup.shared.ts'

export default packageConfig(['src/index.ts', 'src/ae-title.ts', 'src/lane.ts'])
