/** A small application's policies: albums with owners, and tests. */
export const albumFiles = {
  'album.yaml': `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [common]
  variables:
    import: [shared]
    local:
      isPublic: R.attr.public == true
  constants:
    local:
      limit: 10
  rules:
    - name: owners-do-all
      actions: ["*"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
    - name: public-view
      actions: [view, list]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          expr: V.isPublic && !V.isLocked
    - name: moderators-delete
      actions: [delete]
      effect: EFFECT_ALLOW
      derivedRoles: [moderator]
      output:
        when:
          ruleActivated: '{"by": P.id}'
`,
  'roles.yaml': `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: common
  definitions:
    - name: owner
      parentRoles: [user]
      condition:
        match:
          expr: R.attr.owner == P.id
    - name: moderator
      parentRoles: [user]
      condition:
        match:
          expr: P.attr.team == "moderation"
`,
  'shared.yaml': `apiVersion: api.cerbos.dev/v1
exportVariables:
  name: shared
  definitions:
    isLocked: R.attr.?locked.orValue(false)
`,
  'testdata/principals.yaml': `principals:
  alice:
    id: alice
    roles: [user]
    attr:
      team: design
      level: 3
  bob:
    id: bob
    roles: [user]
    attr: {team: moderation}
`,
  'testdata/resources.yaml': `resources:
  hers:
    id: one
    kind: album
    attr:
      owner: alice
      public: false
      photos:
        - {name: sea.jpg, size: 3}
  public:
    id: two
    kind: album
    attr: {owner: carol, public: true}
`,
  'album_test.yaml': `name: Albums
tests:
  - name: owners
    input:
      principals: [alice]
      resources: [hers, public]
      actions: [view, delete]
    expected:
      - principal: alice
        resource: hers
        actions:
          view: EFFECT_ALLOW
          delete: EFFECT_ALLOW
      - principal: alice
        resource: public
        actions:
          view: EFFECT_ALLOW
  - name: moderators
    input:
      principals: [bob]
      resources: [hers]
      actions: [delete]
    expected:
      - principal: bob
        resource: hers
        actions: {delete: EFFECT_ALLOW}
        outputs:
          - action: delete
            expected:
              - src: resource.album.vdefault#moderators-delete
                val: {by: bob}
`,
} as const;

/** The album's files with one of them edited. */
export function albumWith(
  path: keyof typeof albumFiles,
  edit: (text: string) => string,
): Readonly<Record<string, string>> {
  return { ...albumFiles, [path]: edit(albumFiles[path]) };
}
