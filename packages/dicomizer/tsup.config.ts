import { packageConfig } from '../../tsup.shared.ts'

export default packageConfig(['src/index.ts', 'src/data-set/load-dcmjs.ts', 'src/data-set/no-dcmjs.ts'])
