package io.sluice.kit.cli;

import io.sluice.kit.StartException;
import io.sluice.kit.config.RoleConfig;
import io.sluice.kit.config.Setting;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A role that does as it is configured. */
final class SampleRole {

    private static final Logger log = LoggerFactory.getLogger(SampleRole.class);

    private SampleRole() {}

    enum Behaviour {
        SERVE,
        LOG,
        WAIT,
        REFUSE,
        ASK_KAFKA,
        FAIL,
        FAIL_TO_CLOSE
    }

    record SampleRoleConfig(
            @Setting(value = "serve", doc = "What it does.") Behaviour behaviour,

            @Setting(value = "sample", doc = "What it says.")
            String name)
            implements RoleConfig {}

    public static void main(String[] args) {
        RoleCommand.main("sample", new RoleCommand<>(SampleRoleConfig.class, SampleRole::start), args);
    }

    private static AutoCloseable start(SampleRoleConfig config) throws InterruptedException {
        switch (config.behaviour()) {
            case REFUSE -> throw new StartException("all 64 slots are taken");
            case ASK_KAFKA -> {
                return Admin.create(Map.of("bootstrap.servers", "no-such-host.invalid:9092"));
            }
            case FAIL -> throw new IllegalStateException("a defect");
            case WAIT -> {
                System.out.println("waiting");
                new CountDownLatch(1).await();
            }
            case LOG -> {
                log.atInfo().addKeyValue("name", config.name()).log("Sample runs");
                Thread failing = new Thread(
                        () -> {
                            throw new IllegalStateException("a defect");
                        },
                        "failing");
                failing.start();
                failing.join();
                System.out.println("logged");
            }
            default -> System.out.println("serving as " + config.name());
        }
        return () -> {
            if (config.behaviour() == Behaviour.FAIL_TO_CLOSE) {
                throw new IllegalStateException("a defect");
            }
            System.out.println("closed");
        };
    }
}
