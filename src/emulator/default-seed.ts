/** Predictable credentials of the default workspace: only this emulator accepts them. */
const FULL_TOKEN = "emulator-full-access";
export const READ_ONLY_TOKEN = "emulator-read-only";
export const INTEGRATIONS_TOKEN = "emulator-integrations-only";
const DEFAULT_WORKSPACE = "my-company";

/** The content without a seed file: enough for the example file and for a newcomer. */
export const DEFAULT_SEED = `
users:
  - { id: 1, name: Dev Eloper, email: dev@example.com }
  - { id: 2, name: Ad Min, email: admin@example.com }
  - { id: 3, name: Ro Bot, email: bot@example.com }
tokens:
  - { name: full access, token: ${FULL_TOKEN}, user: 2, scopes: all }
  - { name: read only, token: ${READ_ONLY_TOKEN}, user: 3, scopes: [INTEGRATION_INFO] }
  - name: integrations only
    token: ${INTEGRATIONS_TOKEN}
    user: 3
    scopes: [INTEGRATION_INFO, INTEGRATION_ADD, INTEGRATION_MANAGE]
workspaces:
  ${DEFAULT_WORKSPACE}:
    id: 1
    name: My company
    members:
      - { id: 2, name: Ad Min, email: admin@example.com, owner: true }
      - { id: 1, name: Dev Eloper, email: dev@example.com }
      - { id: 3, name: Ro Bot, email: bot@example.com, admin: true }
    groups:
      - { id: 1, name: backend, members: [1] }
      - { id: 2, name: frontend }
    projects:
      company-website:
        display_name: Company website
        pipelines:
          - { id: 1, name: deploy }
          - { id: 2, name: tests }
      my-project:
        display_name: My project
        pipelines:
          - { id: 123, name: build }
          - { id: 456, name: release }
`;
