import { message, MessageSchema, wellKnownParts } from '../../cel';

const attributes = 'map<string, google.protobuf.Value> attr';

/** The messages that Cerbos' environment knows beside protobuf's own: those of its engine's API. */
export const cerbosSchema = new MessageSchema({
  jsonNames: true,
  messages: [
    ...wellKnownParts.messages,
    message('google.protobuf.FieldMask', 'repeated string paths = 1'),
    message(
      'cerbos.engine.v1.Request',
      'cerbos.engine.v1.Request.Principal principal = 1',
      'cerbos.engine.v1.Request.Resource resource = 2',
      'cerbos.engine.v1.AuxData aux_data = 3',
    ),
    message(
      'cerbos.engine.v1.Request.Principal',
      'string id = 1',
      'repeated string roles = 2',
      `${attributes} = 3`,
      'string policy_version = 4',
      'string scope = 5',
    ),
    message(
      'cerbos.engine.v1.Request.Resource',
      'string kind = 1',
      'string id = 2',
      `${attributes} = 3`,
      'string policy_version = 4',
      'string scope = 5',
    ),
    message('cerbos.engine.v1.Runtime', 'repeated string effective_derived_roles = 1'),
    message(
      'cerbos.engine.v1.AuxData',
      'map<string, google.protobuf.Value> jwt = 1',
      'map<string, cerbos.engine.v1.AuxData.JWT> jwts = 2',
    ),
    message('cerbos.engine.v1.AuxData.JWT', 'map<string, google.protobuf.Value> claims = 1'),
    message(
      'cerbos.engine.v1.Principal',
      'string id = 1',
      'string policy_version = 2',
      'repeated string roles = 3',
      `${attributes} = 4`,
      'string scope = 5',
    ),
    message(
      'cerbos.engine.v1.Resource',
      'string kind = 1',
      'string policy_version = 2',
      'string id = 3',
      `${attributes} = 4`,
      'string scope = 5',
    ),
    message(
      'cerbos.engine.v1.CheckInput',
      'string request_id = 1',
      'cerbos.engine.v1.Resource resource = 2',
      'cerbos.engine.v1.Principal principal = 3',
      'repeated string actions = 4',
      'cerbos.engine.v1.AuxData aux_data = 5',
    ),
    message(
      'cerbos.engine.v1.CheckOutput',
      'string request_id = 1',
      'string resource_id = 2',
      'map<string, cerbos.engine.v1.CheckOutput.ActionEffect> actions = 3',
      'repeated string effective_derived_roles = 4',
      'repeated cerbos.schema.v1.ValidationError validation_errors = 5',
      'repeated cerbos.engine.v1.OutputEntry outputs = 6',
      'repeated cerbos.engine.v1.EvaluationError evaluation_errors = 7',
    ),
    message(
      'cerbos.engine.v1.CheckOutput.ActionEffect',
      'enum cerbos.effect.v1.Effect effect = 1',
      'string policy = 2',
      'string scope = 3',
    ),
    message(
      'cerbos.engine.v1.EvaluationError',
      'oneof error cerbos.engine.v1.EvaluationError.CELError cel_error = 1',
    ),
    message('cerbos.engine.v1.EvaluationError.CELError', 'string expression = 1', 'string message = 2'),
    message(
      'cerbos.engine.v1.OutputEntry',
      'string src = 1',
      'google.protobuf.Value val = 2',
      'string action = 3',
      'string error = 4',
    ),
    message('cerbos.schema.v1.Schema', 'string id = 1', 'bytes definition = 2'),
    message(
      'cerbos.schema.v1.ValidationError',
      'string path = 1',
      'string message = 2',
      'enum cerbos.schema.v1.ValidationError.Source source = 3',
    ),
  ],
  enums: new Map<string, Readonly<Record<string, number>>>([
    ...wellKnownParts.enums,
    [
      'cerbos.effect.v1.Effect',
      { EFFECT_UNSPECIFIED: 0, EFFECT_ALLOW: 1, EFFECT_DENY: 2, EFFECT_NO_MATCH: 3 },
    ],
    [
      'cerbos.schema.v1.ValidationError.Source',
      { SOURCE_UNSPECIFIED: 0, SOURCE_PRINCIPAL: 1, SOURCE_RESOURCE: 2 },
    ],
  ]),
});
