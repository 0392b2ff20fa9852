package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.verstak.server.config.annotation.OneOf;
import io.verstak.server.config.annotation.Range;
import io.verstak.server.http.server.HttpModule;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sample, schema and code say the same. */
class ConfigFilesTest {
    private static final Path SAMPLE = Path.of("conf/verstak-server.json");
    private static final Path SCHEMA = Path.of("conf/verstak-server.schema.json");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void the_sample_shows_every_key_with_its_default() throws IOException {
        JsonNode defaults = MAPPER.valueToTree(tree(ServerConfig.defaults()));

        ObjectNode sample = (ObjectNode) MAPPER.readTree(SAMPLE.toFile());
        assertThat(SAMPLE.resolveSibling(sample.remove("$schema").textValue())).isRegularFile();
        assertThat(sample).isEqualTo(MAPPER.readTree(defaults.toString()));
    }

    @Test
    void the_sample_loads_as_the_defaults() {
        assertThat(ConfigLoader.load(Optional.of(SAMPLE), Map.of(), Map.of())).isEqualTo(ServerConfig.defaults());
    }

    @Test
    void the_schema_accepts_the_sample() throws IOException {
        assertThat(schema().validate(Files.readString(SAMPLE), InputFormat.JSON))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'http':{'publicUrl':'sync.example.org'}}",
                "{'http':{'publicUrl':'https://u:p@x'}}",
                "{'http':{'publicUrl':'https://x?q'}}",
                "{'http':{'publicUrl':'https://x:99999'}}",
                "{'http':{'listen':'nowhere'}}",
                "{'http':{'listen':'127.0.0.1:65536'}}",
                "{'http':{'trustedProxies':['proxy']}}",
                "{'http':{'trustedProxies':['10.0.0.0/33']}}",
                "{'http':{'trustedProxies':['10.0.0.0/0']}}",
                "{'http':{'trustedProxies':['300.0.0.0/8']}}",
                "{'metrics':{'listen':'x'}}",
                "{'accounts':{'registration':'domains'}}",
                "{'accounts':{'registration':'domains','domains':[]}}",
                "{'accounts':{'domains':['a b']}}",
                "{'mail':{'host':'smtp example'}}",
                "{'mail':{'host':'smtp.example.org'}}",
                "{'mail':{'host':'smtp.example.org','from':'nobody'}}",
                "{'mail':{'from':'A <a@b.c> B'}}",
                "{'storage':{'dataDir':''}}",
                "{'storage':{'dataDir':'~/data'}}",
                "{'storage':{'backup':{'directory':'~'}}}",
                "{'database':{'url':'postgresql://db'}}",
                "{'database':{'url':'mysql://db/verstak','user':'v'}}",
                "{'database':{'url':'postgresql://v:pw@db/verstak','user':'v'}}",
                "{'database':{'url':'postgresql://db/verstak?password=pw','user':'v'}}",
                "{'database':{'url':'postgresql://db:99999/verstak','user':'v'}}",
                "{'database':{'url':'postgresql://db/verstak'}}",
                "{'database':{'passwordFile':'~/pw'}}",
                "{'objects':{'kind':'s3'}}",
                "{'objects':{'kind':'s3','endpoint':'https://s3.example.org','bucket':'blobs','accessKeyFile':'/k'}}",
                "{'objects':{'endpoint':'s3.example.org'}}",
                "{'objects':{'endpoint':'https://key:secret@s3.example.org'}}",
                "{'objects':{'endpoint':'https://s3.example.org/bucket'}}",
                "{'objects':{'bucket':'a/b'}}",
                "{'objects':{'prefix':'/verstak'}}",
                "{'objects':{'prefix':'verstak/'}}",
                "{'objects':{'region':'eu central'}}",
                "{'node':{'name':'a b'}}",
                "{'secrets':{'keyFile':'~/key'}}",
                "{'accounts':{'oidc':[{}]}}",
                "{'accounts':{'oidc':'k'}}",
                "{'accounts':{'oidc':['k']}}",
                "{'accounts':{'oidc':[{'id':'K 1','name':'K','issuer':'https://id.example.org','clientId':'v'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':' ','issuer':'https://id.example.org','clientId':'v'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'http://id.example.org','clientId':'v'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'http://localhost.example.org','clientId':'v'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://u:p@id.example.org','clientId':'v'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://id.example.org','clientId':''}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://id.example.org','clientId':'v','clientSecret':'s'}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://id.example.org','clientId':'v','scopes':['email']}]}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://id.example.org','clientId':'v','registration':'all'}]}}",
                "{'nonsense':{}}",
            })
    void what_the_code_refuses_the_schema_refuses(String json) throws IOException {
        String text = json.replace('\'', '"');
        assertThat(schema().validate(text, InputFormat.JSON)).as(text).isNotEmpty();
        assertThatThrownBy(() -> HttpModule.trustedProxies(load(text).http()))
                .as(text)
                .isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'http':{'publicUrl':'https://sync.example.org/sync/','listen':'[::]:0'}}",
                "{'http':{'trustedProxies':['10.0.0.0/8','127.0.0.1','::1','fd00::/8','::ffff:10.0.0.0/104']}}",
                "{'accounts':{'registration':'domains','domains':['example.org']}}",
                "{'mail':{'host':'smtp.example.org','from':'Verstak <a+b@example.org>'}}",
                "{'storage':{'dataDir':'/srv/данные','backup':{'directory':'/mnt/b'}}}",
                "{'database':{'url':'postgresql://db1:5433,db2,[::1]:5432,[fd00::2]/verstak','user':'v','passwordFile':'/p'}}",
                "{'database':{'url':'postgres://127.0.0.1/verstak_1','user':'v','tls':'disable'},'secrets':{'keyFile':'/k'}}",
                "{'database':{'url':'postgresql://db/verstak','user':'v','caFile':'/etc/ca.pem'}}",
                "{'objects':{'kind':'s3','endpoint':'http://[::1]:9000/','bucket':'blobs','prefix':'a/b',"
                        + "'accessKeyFile':'/a','secretKeyFile':'/s'}}",
                "{'node':{'name':'node-1.example'}}",
                "{'accounts':{'oidc':[{'id':'k','name':'K','issuer':'https://id.example.org/realms/a','clientId':'v'},"
                        + "{'id':'dev','name':'Вход','issuer':'http://127.0.0.1:8080/realms/a','clientId':'v','clientSecretFile':'/s',"
                        + "'scopes':['openid'],'registration':'anybody','joinByEmail':true,'administratorsGroup':'admins'}]}}",
            })
    void what_the_code_takes_the_schema_takes(String json) throws IOException {
        String text = json.replace('\'', '"');
        assertThat(schema().validate(text, InputFormat.JSON)).as(text).isEmpty();
        HttpModule.trustedProxies(load(text).http());
    }

    @Test
    void the_schema_has_a_name_of_its_own() throws IOException {
        assertThat(MAPPER.readTree(SCHEMA.toFile()).path("$id").asText()).isEqualTo("urn:verstak-server:configuration");
    }

    @Test
    void each_provider_of_a_list_is_named_by_its_place_and_a_secret_in_it_is_not_shown() {
        String list = """
                [{"id": "a", "name": "A", "issuer": "https://a.example.org", "clientId": "v"},
                 {"id": "a", "name": "B", "issuer": "ftp://b.example.org", "clientId": "v", "clientSecret": "hunter2"}]""";
        assertThatThrownBy(() -> ConfigLoader.load(Optional.empty(), Map.of("VERSTAK_ACCOUNTS_OIDC", list), Map.of()))
                .hasMessageContaining("accounts.oidc[1].id: a is not allowed")
                .hasMessageContaining(
                        "accounts.oidc[1].issuer: ftp://b.example.org is not allowed; use an https:// address")
                .hasMessageContaining("accounts.oidc[1].clientSecret: unknown key (value not shown)")
                .hasMessageNotContaining("hunter2");
    }

    private ServerConfig load(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), json);
        return ConfigLoader.load(Optional.of(file), Map.of(), Map.of());
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
    }

    @Test
    void the_schema_has_each_key_with_the_default_and_bounds_of_the_code() throws IOException {
        JsonNode schema = MAPPER.readTree(SCHEMA.toFile());
        ((ObjectNode) schema.get("properties")).remove("$schema");
        same(schema, ServerConfig.defaults(), "");
    }

    @Test
    void the_code_refuses_what_lies_outside_of_the_schema() throws IOException {
        refuseOutside(MAPPER.readTree(SCHEMA.toFile()).get("properties"), "");
    }

    private static void same(JsonNode schema, Record section, String path) {
        assertThat(schema.get("additionalProperties").booleanValue()).as(path).isFalse();
        ObjectNode properties = (ObjectNode) schema.get("properties");
        assertThat(properties.fieldNames())
                .toIterable()
                .as(path)
                .containsExactlyElementsOf(tree(section).keySet());
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            JsonNode property = properties.get(component.getName());
            String key = path + component.getName();
            assertThat(property.path("description").asText()).as(key).isNotBlank();
            Object value = value(component, section);
            if (value instanceof Record nested) {
                same(property, nested, key + ".");
                continue;
            }
            assertThat(property.get("default").toString())
                    .as(key)
                    .isEqualTo(MAPPER.valueToTree(value).toString());
            Range range = component.getAnnotation(Range.class);
            if (range != null) {
                assertThat(property.get("minimum").longValue()).as(key).isEqualTo(range.min());
                assertThat(property.get("maximum").longValue()).as(key).isEqualTo(range.max());
            }
            OneOf oneOf = component.getAnnotation(OneOf.class);
            if (oneOf != null) {
                assertThat(property.get("enum"))
                        .as(key)
                        .extracting(JsonNode::textValue)
                        .containsExactly(oneOf.value());
            }
        }
    }

    private static void refuseOutside(JsonNode properties, String path) {
        properties.properties().forEach(property -> {
            String key = path + property.getKey();
            JsonNode schema = property.getValue();
            if (schema.has("properties")) {
                refuseOutside(schema.get("properties"), key + ".");
            }
            if (schema.has("minimum")) {
                refused(key, Long.toString(schema.get("minimum").longValue() - 1));
            }
            if (schema.has("maximum") && schema.get("maximum").longValue() < Long.MAX_VALUE) {
                refused(key, Long.toString(schema.get("maximum").longValue() + 1));
            }
            if (schema.has("enum")) {
                refused(key, "somethingElse");
            }
        });
    }

    private static void refused(String key, String value) {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.empty(), Map.of(), Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(value)
                .hasMessageContaining("allowed");
    }

    private static Map<String, Object> tree(Record section) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            Object value = value(component, section);
            values.put(component.getName(), value instanceof Record nested ? tree(nested) : value);
        }
        return values;
    }

    private static Object value(RecordComponent component, Record section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has its accessors", e);
        }
    }
}
