import { spawnSync } from 'node:child_process'

/** A shape of a service's model, as botocore has it. */
export interface Shape {
  readonly type: string
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, ShapeReference>>
  readonly member?: ShapeReference
  readonly value?: ShapeReference
  readonly union?: boolean
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
  readonly error?: { readonly httpStatusCode: number }
}

/** Where a shape is used. */
interface ShapeReference {
  readonly shape: string
  /** `header`, `uri`, `querystring`; absent in the body. */
  readonly location?: string
}

interface OperationModel {
  readonly input?: ShapeReference
  readonly output?: ShapeReference
  readonly errors?: readonly ShapeReference[]
}

/** The API's model: AWS's own, that its Python and JavaScript clients are made of. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, Shape>>
  /** The member that holds the items of a page, by paginated operation. */
  readonly pageMembers: Readonly<Record<string, string>>
}

const PRINT_MODEL = `
import botocore.session, json
loader = botocore.session.get_session().get_component("data_loader")
model = loader.load_service_model("medical-imaging", "service-2")
pagination = loader.load_service_model("medical-imaging", "paginators-1")["pagination"]
pages = {name: page["result_key"] for name, page in pagination.items()}
print(json.dumps({"operations": model["operations"], "shapes": model["shapes"], "pageMembers": pages}))
`

/** Reads the model that botocore has. */
export function loadServiceModel(): ServiceModel {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PRINT_MODEL], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`Cannot read the model of the API: ${stderr}`)
  return JSON.parse(stdout)
}

/** A shape by its name. */
export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  const shape = shapes[name]
  if (shape === undefined) throw new TypeError(`Cannot find shape ${name} in the model of the API`)
  return shape
}

/** An operation by its name. */
export function operationOf({ operations }: ServiceModel, name: string): OperationModel {
  const operation = operations[name]
  if (operation === undefined) throw new TypeError(`Cannot find operation ${name} in the model of the API`)
  return operation
}
