/** Names of Cerbos' types of objects, as error messages show them. */
export const cerbosTypeNames = {
  request: 'cerbos.engine.v1.Request',
  principal: 'cerbos.engine.v1.Request.Principal',
  resource: 'cerbos.engine.v1.Request.Resource',
  auxData: 'cerbos.engine.v1.AuxData',
  token: 'cerbos.engine.v1.AuxData.JWT',
  runtime: 'cerbos.engine.v1.Runtime',
  variables: 'cerbos.Variables',
} as const;

/** The name that cel-go's messages have for one of Cerbos' objects: a pointer to a Go structure. */
export function goPointerNameOf(typeName: string): string {
  return `*enginev1.${typeName.replace('cerbos.engine.v1.', '').replaceAll('.', '_')}`;
}
