// A labelled repository written before the rules had run on it: Spring services with Kafka, and an Angular front end.
import type { Labelled } from './hygiene-repo.ts';

export const DEPOT: Readonly<Record<string, string>> = {
  '.editorconfig': 'root = true\n[*.java]\nindent_size = 2\nmax_line_length = 100\n[*.ts]\nindent_size = 2\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': '3333333333333333333333333333333333333333\n',
  '.gitlab-ci.yml':
    'stages: [build, test, image]\n\ndefault:\n  image: maven:3.9-eclipse-temurin-21\n\ncompile:\n  stage: build\n  script: [./mvnw -q compile]\n\nverify:\n  stage: test\n  script: [./mvnw verify]\n  artifacts:\n    expire_in: 3 days\n\nweb:\n  stage: test\n  image: node:20-bookworm\n  script: [npm ci --prefix web, npm test --prefix web]\n\njib:\n  stage: image\n  script: [./mvnw jib:build]\n  only: [main]\n',
  '.mvn/wrapper/maven-wrapper.properties':
    'distributionUrl=https://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/3.9.9/apache-maven-3.9.9-bin.zip\n',
  'README.md': '# Depot\n',
  'docker-compose.yml':
    'services:\n  postgres:\n    image: postgres:16.4\n    ports: ["5447:5432"]\n  kafka:\n    image: apache/kafka:3.8.1\n    ports: ["9094:9094"]\n  kafka-ui:\n    image: provectuslabs/kafka-ui:v0.7.2\n    ports: ["8099:8080"]\n',
  mvnw: '#!/bin/sh\n',
  'pom.xml':
    '<?xml version="1.0" encoding="UTF-8"?>\n<project>\n  <modelVersion>4.0.0</modelVersion>\n  <parent>\n    <groupId>org.springframework.boot</groupId>\n    <artifactId>spring-boot-starter-parent</artifactId>\n    <version>3.3.5</version>\n  </parent>\n  <groupId>com.depot</groupId>\n  <artifactId>depot-parent</artifactId>\n  <version>2.4.0-SNAPSHOT</version>\n  <packaging>pom</packaging>\n  <modules>\n    <module>stock-service</module>\n    <module>label-service</module>\n    <module>common</module>\n  </modules>\n  <properties>\n    <java.version>21</java.version>\n    <testcontainers.version>1.20.3</testcontainers.version>\n    <mapstruct.version>1.6.2</mapstruct.version>\n  </properties>\n  <build>\n    <plugins>\n      <plugin>\n        <groupId>com.diffplug.spotless</groupId>\n        <artifactId>spotless-maven-plugin</artifactId>\n        <version>2.43.0</version>\n      </plugin>\n      <plugin>\n        <groupId>org.jacoco</groupId>\n        <artifactId>jacoco-maven-plugin</artifactId>\n        <version>0.8.12</version>\n      </plugin>\n    </plugins>\n  </build>\n</project>\n',
  'deploy/stock.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: stock-service\n  namespace: depot\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: stock\n          image: registry.depot.example/stock-service:2.3.1\n          readinessProbe:\n            httpGet: { path: /actuator/health/readiness, port: 8191 }\n          resources:\n            limits: { memory: 1Gi }\n          env:\n            - name: SPRING_PROFILES_ACTIVE\n              value: prod\n            - name: DB_PASSWORD\n              valueFrom: { secretKeyRef: { name: stock-db, key: password } }\n',
  'docs/events.md': '# Events\n',
  'label-service/pom.xml':
    '<project>\n  <artifactId>label-service</artifactId>\n  <dependencies>\n    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-webflux</artifactId></dependency>\n    <dependency><groupId>org.apache.pdfbox</groupId><artifactId>pdfbox</artifactId><version>3.0.3</version></dependency>\n  </dependencies>\n</project>\n',
  'label-service/src/main/java/com/depot/label/LabelRenderer.java':
    'package com.depot.label;\n\nimport org.apache.pdfbox.pdmodel.PDDocument;\n\npublic class LabelRenderer {\n  static final float WIDTH_MM = 100f;\n  static final float HEIGHT_MM = 150f;\n\n  public byte[] render(String sku) {\n    return new byte[0];\n  }\n}\n',
  'label-service/src/main/resources/application.yml': 'server:\n  port: 8092\n',
  'stock-service/pom.xml':
    '<project>\n  <parent>\n    <groupId>com.depot</groupId>\n    <artifactId>depot-parent</artifactId>\n    <version>2.4.0-SNAPSHOT</version>\n  </parent>\n  <artifactId>stock-service</artifactId>\n  <dependencies>\n    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>\n    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency>\n    <dependency><groupId>org.springframework.kafka</groupId><artifactId>spring-kafka</artifactId></dependency>\n    <dependency><groupId>org.flywaydb</groupId><artifactId>flyway-core</artifactId></dependency>\n    <dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId></dependency>\n    <dependency><groupId>org.mapstruct</groupId><artifactId>mapstruct</artifactId><version>1.6.2</version></dependency>\n    <dependency><groupId>com.github.ben-manes.caffeine</groupId><artifactId>caffeine</artifactId></dependency>\n    <dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-prometheus</artifactId></dependency>\n    <dependency><groupId>org.testcontainers</groupId><artifactId>postgresql</artifactId></dependency>\n    <dependency><groupId>org.wiremock</groupId><artifactId>wiremock-standalone</artifactId><version>3.9.2</version></dependency>\n  </dependencies>\n</project>\n',
  'stock-service/src/main/java/com/depot/stock/StockApplication.java':
    'package com.depot.stock;\n\nimport org.springframework.boot.autoconfigure.SpringBootApplication;\nimport org.springframework.scheduling.annotation.EnableScheduling;\n\n@SpringBootApplication\n@EnableScheduling\npublic class StockApplication {\n  public static void main(String[] args) {}\n}\n',
  'stock-service/src/main/java/com/depot/stock/api/ReservationController.java':
    'package com.depot.stock.api;\n\nimport org.springframework.web.bind.annotation.*;\n\n@RestController\n@RequestMapping("/api/reservations")\nclass ReservationController {\n  private static final int MAX_QUANTITY = 500;\n\n  @PostMapping\n  ReservationView create(@RequestBody ReservationRequest request) {\n    return null;\n  }\n\n  @DeleteMapping("/{id}")\n  void cancel(@PathVariable String id) {}\n\n  @PostMapping("/{id}/confirm")\n  void confirm(@PathVariable String id) {}\n}\n',
  'stock-service/src/main/java/com/depot/stock/config/CacheConfig.java':
    'package com.depot.stock.config;\n\nimport com.github.benmanes.caffeine.cache.Caffeine;\nimport java.time.Duration;\n\nclass CacheConfig {\n  static final String ARTICLES = "articles";\n  static final Duration TTL = Duration.ofMinutes(3);\n\n  Caffeine<Object, Object> caffeine() {\n    return Caffeine.newBuilder().maximumSize(5_000).expireAfterWrite(TTL);\n  }\n}\n',
  'stock-service/src/main/java/com/depot/stock/domain/OutOfStockException.java':
    'package com.depot.stock.domain;\n\npublic class OutOfStockException extends RuntimeException {\n  public OutOfStockException(String sku) {\n    super(sku);\n  }\n}\n',
  'stock-service/src/main/java/com/depot/stock/domain/ReservationService.java':
    'package com.depot.stock.domain;\n\nimport org.springframework.scheduling.annotation.Scheduled;\nimport org.springframework.transaction.annotation.Transactional;\n\npublic class ReservationService {\n  @Transactional\n  public Reservation reserve(String sku, int quantity) {\n    throw new OutOfStockException(sku);\n  }\n\n  @Scheduled(fixedDelayString = "PT90S")\n  public void releaseExpired() {}\n}\n',
  'stock-service/src/main/java/com/depot/stock/domain/ReservationState.java':
    'package com.depot.stock.domain;\n\npublic enum ReservationState { OPEN, CONFIRMED, EXPIRED, CANCELLED }\n',
  'stock-service/src/main/java/com/depot/stock/messaging/MovementPublisher.java':
    'package com.depot.stock.messaging;\n\nimport org.springframework.kafka.core.KafkaTemplate;\n\npublic class MovementPublisher {\n  private final KafkaTemplate<String, Object> template;\n\n  public MovementPublisher(KafkaTemplate<String, Object> template) {\n    this.template = template;\n  }\n\n  public void publish(Object movement) {}\n}\n',
  'stock-service/src/main/resources/application-prod.yml':
    'spring:\n  datasource:\n    hikari:\n      maximum-pool-size: 40\nlogging:\n  level:\n    root: WARN\ndepot:\n  reservation-ttl: 45m\n',
  'stock-service/src/main/resources/application.yml':
    'server:\n  port: 8091\n  shutdown: graceful\nspring:\n  application:\n    name: stock-service\n  datasource:\n    url: jdbc:postgresql://localhost:5447/stock\n    hikari:\n      maximum-pool-size: 14\n  jpa:\n    open-in-view: false\n    hibernate:\n      ddl-auto: validate\n  kafka:\n    bootstrap-servers: localhost:9094\n    consumer:\n      group-id: stock\n      auto-offset-reset: earliest\nmanagement:\n  server:\n    port: 8191\n  endpoints:\n    web:\n      exposure:\n        include: health,prometheus\ndepot:\n  reservation-ttl: 20m\n  low-stock-threshold: 12\n  topics:\n    movements: depot.stock.movements.v2\n    dead-letter: depot.stock.dlt\n',
  'stock-service/src/main/resources/db/migration/V1__init.sql':
    'create table article (\n  id uuid primary key,\n  sku varchar(32) not null unique,\n  name text not null\n);\n\ncreate table reservation (\n  id uuid primary key,\n  article_id uuid references article,\n  quantity int not null,\n  expires_at timestamptz not null\n);\n',
  'stock-service/src/main/resources/db/migration/V2__movements.sql':
    'create table stock_movement (\n  id bigserial primary key,\n  article_id uuid not null,\n  delta int not null,\n  reason varchar(40)\n);\n\nalter table article add column weight_grams int;\n',
  'stock-service/src/test/java/com/depot/stock/ReservationServiceTest.java':
    'package com.depot.stock;\n\nimport org.junit.jupiter.api.Test;\n\nclass ReservationServiceTest {\n  @Test\n  void refusesMoreThanThereIs() {}\n}\n',
  'stock-service/src/test/java/com/depot/stock/StockContainers.java':
    'package com.depot.stock;\n\nimport org.testcontainers.containers.PostgreSQLContainer;\n\nabstract class StockContainers {\n  static final PostgreSQLContainer<?> POSTGRES = new PostgreSQLContainer<>("postgres:16.4");\n}\n',
  'web/angular.json':
    '{ "projects": { "depot-web": { "prefix": "dpt", "architect": { "build": { "configurations": { "production": { "budgets": [{ "type": "initial", "maximumWarning": "600kb", "maximumError": "900kb" }] } } } } } } }\n',
  'web/package-lock.json': '{ "lockfileVersion": 3 }\n',
  'web/package.json':
    '{\n  "name": "depot-web",\n  "version": "2.4.0",\n  "scripts": { "start": "ng serve --port 4210", "build": "ng build", "test": "jest", "lint": "ng lint", "api": "openapi-generator-cli generate" },\n  "dependencies": { "@angular/core": "^18.2.9", "@angular/material": "^18.2.10", "@ngrx/signals": "^18.1.1", "rxjs": "~7.8.1" },\n  "devDependencies": { "@angular/cli": "^18.2.10", "@openapitools/openapi-generator-cli": "^2.14.1", "jest": "^29.7.0", "jest-preset-angular": "^14.2.4", "angular-eslint": "^18.4.0", "typescript": "~5.5.4" }\n}\n',
  'web/src/app/app.routes.ts':
    "import type { Routes } from '@angular/router';\n\nexport const routes: Routes = [\n  { path: 'reservations', loadComponent: () => import('./reservations/reservation-list.component') },\n  { path: 'labels/:sku', loadChildren: () => import('./labels/labels.routes') },\n  { path: '**', redirectTo: 'reservations' },\n];\n",
  'web/src/app/core/auth.interceptor.ts':
    "import type { HttpInterceptorFn } from '@angular/common/http';\n\nexport const authInterceptor: HttpInterceptorFn = (request, next) => next(request);\n",
  'web/src/app/reservations/reservation-list.component.ts':
    "import { Component } from '@angular/core';\n\n@Component({ selector: 'dpt-reservation-list', standalone: true, template: '' })\nexport class ReservationListComponent {\n  readonly pageSize = 30;\n}\n",
};

export const DEPOT_LINES: readonly Labelled[] = [
  ['Spring Boot 3.3 on Java 21, Maven multi-module: stock-service, label-service, common.', 'true'],
  ['Spring Boot is at 3.1.', 'stale'],
  ['Java 17 everywhere', 'stale'],
  ['Built with Gradle; run ./gradlew bootRun.', 'stale'],
  ['The billing-service module creates invoices.', 'stale'],
  ['Build with ./mvnw verify, Maven 3.9.9 via the wrapper.', 'true'],
  ['Frontend: Angular 18 with Angular Material and NgRx signals.', 'true'],
  ['The frontend is React with Redux.', 'stale'],
  ['Angular 16, still NgModules.', 'stale'],
  ['Frontend unit tests run on jest, not Karma.', 'true'],
  ['Cypress tests are in web/cypress.', 'stale'],
  ['stock-service listens on 8091, management on 8191; label-service on 8092.', 'true'],
  ['stock-service runs on 8080', 'stale'],
  ['actuator is on port 8081', 'stale'],
  ['npm start in web serves on port 4210.', 'true'],
  ['ng serve uses port 4200.', 'stale'],
  ['npm run api regenerates the client.', 'true'],
  ['`npm run e2e` runs Playwright.', 'stale'],
  ['`npm run format` runs prettier in web.', 'stale'],
  ['Postgres 16 in compose on 5447, Kafka on 9094, Kafka UI on 8099.', 'true'],
  ['Kafka runs with Zookeeper in docker-compose.', 'stale'],
  ['RabbitMQ carries stock movements.', 'stale'],
  ['Redpanda replaces Kafka locally.', 'stale'],
  ['Caching is Caffeine in memory, articles live three minutes.', 'true'],
  ['Articles are cached in Redis.', 'stale'],
  ['CacheConfig.TTL is 10 minutes.', 'stale'],
  ['Migrations: Flyway, latest V2__movements.', 'true'],
  ['Schema changes are done with Liquibase.', 'stale'],
  ['V3__suppliers.sql adds suppliers.', 'stale'],
  ['ddl-auto is update', 'stale'],
  ['ddl-auto is validate, so entities must match the migrations.', 'true'],
  ['Hikari pool: 14 connections, 40 in prod.', 'true'],
  ['maximum-pool-size in application-prod.yml is 25.', 'stale'],
  ['Reservations expire after 20 minutes (45 in prod), reservation-ttl.', 'true'],
  ['reservation-ttl is 30m in prod.', 'stale'],
  ['low-stock-threshold is 5', 'stale'],
  ['Movements go to the topic depot.stock.movements.v2, failures to depot.stock.dlt.', 'true'],
  ['The topic is depot.stock.movements.v1.', 'stale'],
  ['Consumer group-id is stock-consumers.', 'stale'],
  ['Consumers start at the earliest offset.', 'true'],
  ['Tables: article, reservation, stock_movement.', 'true'],
  ['The supplier table was added for purchasing.', 'stale'],
  ['article.barcode holds the EAN.', 'stale'],
  ['article got weight_grams in V2.', 'true'],
  ['POST /api/reservations, DELETE /api/reservations/{id}, POST /api/reservations/{id}/confirm', 'true'],
  ['PUT /api/reservations/{id} changes the quantity.', 'stale'],
  ['GET /api/articles lists articles.', 'stale'],
  ['At most 500 pieces per reservation (MAX_QUANTITY).', 'true'],
  ['MAX_QUANTITY is 1000', 'stale'],
  ['ReservationService.reserve throws OutOfStockException.', 'true'],
  ['ReservationService.extend prolongs a reservation.', 'stale'],
  ['ArticleNotFoundException becomes a 404.', 'stale'],
  ['releaseExpired runs every 90 seconds.', 'true'],
  ['ReservationState: OPEN, CONFIRMED, EXPIRED, CANCELLED', 'true'],
  ['ReservationState.SHIPPED is final.', 'stale'],
  ['StockListener consumes the orders topic.', 'stale'],
  ['MovementPublisher uses KafkaTemplate.', 'true'],
  ['Labels are 100 x 150 mm PDFs made with PDFBox.', 'true'],
  ['Labels are rendered with iText.', 'stale'],
  ['LabelRenderer.renderZpl prints on Zebra printers.', 'stale'],
  ['DTOs are mapped with MapStruct 1.6.', 'true'],
  ['ModelMapper maps entities to DTOs.', 'stale'],
  ['Lombok generates getters.', 'stale'],
  ['Integration tests use Testcontainers and WireMock.', 'true'],
  ['Integration tests use an embedded H2.', 'stale'],
  ['Java is formatted by Spotless; 2 spaces, 100 columns.', 'true'],
  ['Checkstyle runs in the build.', 'stale'],
  ['Lines in Java files may be 120 long.', 'stale'],
  ['JaCoCo 0.8.12', 'true'],
  ['Angular selectors start with dpt.', 'true'],
  ['The component prefix is app.', 'stale'],
  ['Initial bundle: warning at 600kb, error at 900kb.', 'true'],
  ['authInterceptor is in web/src/app/core/auth.interceptor.ts', 'true'],
  ['web/src/app/core/error.interceptor.ts shows toasts.', 'stale'],
  ['The list shows 50 reservations a page (pageSize).', 'stale'],
  ['The route /articles/:sku shows one article.', 'stale'],
  ['Unknown paths redirect to reservations.', 'true'],
  ['GitLab CI with stages build, test, image.', 'true'],
  ['CI stages: build, test, scan, image', 'stale'],
  ['The sonar job uploads coverage.', 'stale'],
  ['Jenkinsfile has the pipeline.', 'stale'],
  ['Artifacts of verify are kept three days.', 'true'],
  ['Images are built by jib on main only.', 'true'],
  ['Images are built with Kaniko.', 'stale'],
  ['Three replicas in the namespace depot, 1Gi memory.', 'true'],
  ['stock-service has 5 replicas', 'stale'],
  ['The readiness probe asks /actuator/health.', 'stale'],
  ["Version 2.4.0-SNAPSHOT; what's deployed is 2.3.1.", 'true'],
  ['deploy/stock.yaml deploys 2.2.0.', 'stale'],
  ['DB_PASSWORD comes from the secret stock-db.', 'true'],
  ['KAFKA_SASL_PASSWORD comes from a secret.', 'stale'],
  ['deploy/label.yaml is the manifest of the label service.', 'stale'],
  ['No Lombok on purpose.', 'true'],
  ["There's no Flyway in this project.", 'stale'],
  ['We want to move to virtual threads soon.', 'unknown'],
  ['Warehouse staff use the scanner app at night.', 'unknown'],
  ['Bernd reviews every migration.', 'unknown'],
  ['Keep controllers thin.', 'unknown'],
  ['The old ERP calls us twice a day.', 'unknown'],
];
