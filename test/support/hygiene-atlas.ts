// A labelled repository written after the rules of the others were settled, and before they had run on it: a library's
// catalogue in Java, with its pages in Vue.
import { json, type Labelled } from './hygiene-repo.ts';

export const ATLAS: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/develop\n',
  '.git/refs/heads/develop': `${'1'.repeat(40)}\n`,
  '.git/refs/heads/release/3.4': `${'2'.repeat(40)}\n`,
  '.gitlab-ci.yml':
    'stages: [verify, package]\nverify:\n  image: maven:3.9-eclipse-temurin-21\n  script:\n    - ./mvnw -B verify\npages:\n  stage: package\n  image: node:20\n  script:\n    - npm --prefix web ci\n    - npm --prefix web run build\n',
  'pom.xml':
    '<project>\n  <parent>\n    <groupId>org.springframework.boot</groupId>\n    <artifactId>spring-boot-starter-parent</artifactId>\n    <version>3.3.1</version>\n  </parent>\n  <groupId>org.atlas</groupId>\n  <artifactId>atlas-catalogue</artifactId>\n  <version>3.4.0</version>\n  <properties>\n    <java.version>21</java.version>\n  </properties>\n  <dependencies>\n    <dependency>\n      <groupId>org.springframework.boot</groupId>\n      <artifactId>spring-boot-starter-web</artifactId>\n    </dependency>\n    <dependency>\n      <groupId>org.flywaydb</groupId>\n      <artifactId>flyway-core</artifactId>\n    </dependency>\n    <dependency>\n      <groupId>org.jooq</groupId>\n      <artifactId>jooq</artifactId>\n      <version>3.19.8</version>\n    </dependency>\n    <dependency>\n      <groupId>org.mapstruct</groupId>\n      <artifactId>mapstruct</artifactId>\n      <version>1.5.5.Final</version>\n    </dependency>\n    <dependency>\n      <groupId>org.mariadb.jdbc</groupId>\n      <artifactId>mariadb-java-client</artifactId>\n    </dependency>\n    <dependency>\n      <groupId>org.junit.jupiter</groupId>\n      <artifactId>junit-jupiter</artifactId>\n      <scope>test</scope>\n    </dependency>\n    <dependency>\n      <groupId>org.assertj</groupId>\n      <artifactId>assertj-core</artifactId>\n      <scope>test</scope>\n    </dependency>\n  </dependencies>\n</project>\n',
  mvnw: '#!/bin/sh\nexec mvn "$@"\n',
  'src/main/java/org/atlas/AtlasApplication.java':
    'package org.atlas;\n\nimport org.springframework.boot.SpringApplication;\nimport org.springframework.boot.autoconfigure.SpringBootApplication;\n\n@SpringBootApplication\npublic class AtlasApplication {\n    public static void main(String[] args) {\n        SpringApplication.run(AtlasApplication.class, args);\n    }\n}\n',
  'src/main/java/org/atlas/loans/LoanService.java':
    'package org.atlas.loans;\n\nimport java.time.Clock;\nimport java.time.LocalDate;\n\n/** Lends and takes back. */\npublic class LoanService {\n    static final int MAX_LOANS = 12;\n    static final int LOAN_DAYS = 28;\n    private final Clock clock;\n\n    public LoanService(Clock clock) {\n        this.clock = clock;\n    }\n\n    public LocalDate lend(String copyId, String memberId) {\n        if (copyId.isBlank()) {\n            throw new CopyUnavailableException(copyId);\n        }\n        return LocalDate.now(clock).plusDays(LOAN_DAYS);\n    }\n\n    public void giveBack(String copyId) {}\n}\n',
  'src/main/java/org/atlas/loans/CopyUnavailableException.java':
    'package org.atlas.loans;\n\npublic class CopyUnavailableException extends RuntimeException {\n    public CopyUnavailableException(String copyId) {\n        super("Copy " + copyId + " is on loan.");\n    }\n}\n',
  'src/main/java/org/atlas/loans/LoanController.java':
    'package org.atlas.loans;\n\nimport org.springframework.web.bind.annotation.DeleteMapping;\nimport org.springframework.web.bind.annotation.PostMapping;\nimport org.springframework.web.bind.annotation.RequestMapping;\nimport org.springframework.web.bind.annotation.RestController;\n\n@RestController\n@RequestMapping("/api/loans")\npublic class LoanController {\n    @PostMapping("/{copyId}")\n    public void lend() {}\n\n    @DeleteMapping("/{copyId}")\n    public void giveBack() {}\n}\n',
  'src/main/java/org/atlas/search/TitleIndex.java':
    'package org.atlas.search;\n\npublic interface TitleIndex {\n    Iterable<String> find(String words, int limit);\n}\n',
  'src/main/resources/application.yml':
    'server:\n  port: 8444\nspring:\n  datasource:\n    url: jdbc:mariadb://localhost:3307/atlas\n    hikari:\n      maximum-pool-size: 16\nlogging:\n  level:\n    root: INFO\natlas:\n  reminder-days: 3\n  overdue-fee-cents: 20\n',
  'src/main/resources/db/migration/V1__members.sql': 'CREATE TABLE members (id CHAR(36) PRIMARY KEY, name TEXT);\n',
  'src/main/resources/db/migration/V2__loans.sql':
    'CREATE TABLE loans (copy_id CHAR(36), member_id CHAR(36), due DATE);\n',
  'src/test/java/org/atlas/loans/LoanServiceTest.java':
    'package org.atlas.loans;\n\nimport static org.assertj.core.api.Assertions.assertThat;\n\nimport org.junit.jupiter.api.Test;\n\nclass LoanServiceTest {\n    @Test\n    void lendsForFourWeeks() {\n        assertThat(LoanService.LOAN_DAYS).isEqualTo(28);\n    }\n}\n',
  'web/package.json': json({
    name: 'atlas-web',
    private: true,
    scripts: { dev: 'vite --port 5180', build: 'vue-tsc && vite build', 'test:unit': 'vitest run', lint: 'eslint src' },
    dependencies: { vue: '^3.4.31', pinia: '^2.1.7', 'vue-router': '^4.4.0' },
    devDependencies: { vite: '^5.3.3', vitest: '^1.6.0', eslint: '^9.6.0', typescript: '~5.5.3', 'vue-tsc': '^2.0.26' },
  }),
  'web/package-lock.json': '{}\n',
  'web/src/main.ts':
    "import { createPinia } from 'pinia';\nimport { createApp } from 'vue';\nimport App from './App.vue';\n\ncreateApp(App).use(createPinia()).mount('#app');\n",
  'web/src/App.vue': '<template>\n  <RouterView />\n</template>\n',
  'web/src/stores/cart.ts':
    "import { defineStore } from 'pinia';\n\nexport const useCartStore = defineStore('cart', { state: () => ({ copies: [] as string[] }) });\n",
  'web/src/api/loans.ts':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the file is written
    "export async function lendCopy(copyId: string): Promise<void> {\n  await fetch(`/api/loans/${copyId}`, { method: 'POST' });\n}\n",
  'docker/Dockerfile':
    'FROM maven:3.9-eclipse-temurin-21 AS build\nCOPY . /app\nRUN mvn -f /app package\n\nFROM eclipse-temurin:21-jre-alpine\nCOPY --from=build /app/target/atlas-catalogue.jar /atlas.jar\nUSER atlas\nEXPOSE 8444\n',
  'docs/loans.md': '# Loans\n\nFour weeks, three days before the end a reminder.\n',
  'README.md': '# Atlas\n\nThe catalogue of a public library.\n',
};

export const ATLAS_LINES: readonly Labelled[] = [
  ['Backend code is under src/main/java/org/atlas, one package per feature (loans, search).', 'true'],
  ['Everything about reservations can be found in src/main/java/org/atlas/reservations.', 'stale'],
  ['LoanService#lend throws CopyUnavailableException if the copy is out.', 'true'],
  ['LoanService#renew extends the due date by two weeks.', 'stale'],
  ['A member can hold at most 12 copies, see MAX_LOANS in LoanService.', 'true'],
  ['LOAN_DAYS in LoanService is 21.', 'stale'],
  ['TitleIndex is the interface for searching, implementations are injected.', 'true'],
  ['`MemberRepository` is the only class that reads the members table.', 'stale'],
  ['REST endpoints for lending: POST and DELETE on /api/loans/{copyId}.', 'true'],
  ['Fines are paid through `POST /api/fines`.', 'stale'],
  ['The service answers on port 8444 (application.yml).', 'true'],
  ['server.port in src/main/resources/application.yml is 8080.', 'stale'],
  ['Hikari may open up to 16 connections (maximum-pool-size).', 'true'],
  ['atlas.reminder-days is 5.', 'stale'],
  ['Overdue copies cost 20 cents a day (overdue-fee-cents).', 'true'],
  ['Dev database: MariaDB on localhost:3307.', 'true'],
  ['The production database is PostgreSQL.', 'stale'],
  ['Schema changes go through Flyway, scripts are in src/main/resources/db/migration.', 'true'],
  ['We use Liquibase changelogs for the schema.', 'stale'],
  ['SQL is built with jOOQ 3.19, there is no JPA.', 'true'],
  ['Hibernate handles persistence.', 'stale'],
  ['DTO mapping is generated by MapStruct.', 'true'],
  ['The project builds on Java 21 and Spring Boot 3.3.', 'true'],
  ['Java 17 is the language level.', 'stale'],
  ['Built with Maven; use the wrapper, ./mvnw verify.', 'true'],
  ['`./gradlew bootRun` starts the backend.', 'stale'],
  ['Unit tests are JUnit 5 with AssertJ.', 'true'],
  ['Mocks are created with Mockito.', 'stale'],
  ['The frontend is a Vue 3 app in web/, state is kept with Pinia.', 'true'],
  ['The frontend state lives in Vuex modules.', 'stale'],
  ['`useCartStore` is in web/src/stores/cart.ts.', 'true'],
  ['web/src/composables/useLoans.ts wraps the loans API.', 'stale'],
  ['Frontend unit tests: `npm run test:unit` inside web.', 'true'],
  ['`npm run test:e2e` drives the pages with Cypress.', 'stale'],
  ['The Vite dev server runs on 5180.', 'true'],
  ['Node packages are installed with pnpm.', 'stale'],
  ['Pipelines run on GitLab CI (.gitlab-ci.yml), stages verify and package.', 'true'],
  ['There is a GitHub Actions workflow for releases.', 'stale'],
  ['The runtime image is alpine based and runs as user atlas.', 'true'],
  ['Current version is 3.4.0, the maintenance branch is release/3.4.', 'true'],
  ['The working branch is called main.', 'stale'],
  ['Librarians phone in when something breaks, so answer them before anything else.', 'unknown'],
  ['Keep the tone of messages to members friendly.', 'unknown'],
  ['Sofia owns the search feature.', 'unknown'],
  ['Mondays are closed days; nothing may be due then.', 'unknown'],
];
